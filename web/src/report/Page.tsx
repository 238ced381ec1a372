// The report: what is compared, the figures, and one trial at a time.
import { useEffect, useRef, useState } from 'preact/hooks';
import { count } from '../text/number';
import { Icon } from '../ui/Icon';
import { Ticked } from '../ui/Ticked';
import type { Report, Trial } from './contents';
import { Curves } from './Curves';
import { Deviations } from './Deviations';
import { groupBy } from './figures';
import { isNarrowed, keptTrials, readHash, writeHash, type Filter, type View } from './filter';
import { Filters } from './Filters';
import { HeatMap } from './HeatMap';
import { Leaderboard, sortRuns } from './Leaderboard';
import { Parts } from './Parts';
import { Trials } from './Trials';
import { Viewer } from './Viewer';

export function Page({ report }: { report: Report }) {
  const [view, setView] = useState<View>(() => readHash(location.hash, report.runs.length));
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const read = () => setView(readHash(location.hash, report.runs.length));
    addEventListener('popstate', read);
    addEventListener('hashchange', read);
    return () => {
      removeEventListener('popstate', read);
      removeEventListener('hashchange', read);
    };
  }, []);

  const { filter } = view;
  const trials = keptTrials(report, filter);
  // Of runs that are left out below, too: the leaderboard has them all.
  const shown = isNarrowed(filter) ? groupBy(keptTrials(report, { ...filter, hidden: [] }), ({ run }) => run) : null;
  const runs = sortRuns(report, view.sort, shown).filter((run) => !filter.hidden.includes(run.at));
  const sorted = [...trials].sort((a, b) => Number(a.passed) - Number(b.passed) || a.score - b.score);
  const all = report.runs.flatMap((run) => run.trials);
  // What tells most is shown until somebody chooses.
  const chosen = view.trial === null ? undefined : all.find(({ key }) => key === view.trial);
  const trial = chosen ?? sorted.find(({ episode }) => episode !== null) ?? sorted[0] ?? null;

  // What is chosen stands in the address, so that it can be sent to somebody; a trial can be left with the back button.
  const show = (next: View, isNew: boolean) => {
    setView(next);
    const address = writeHash(next) || location.pathname;
    if (isNew) history.pushState(null, '', address);
    else history.replaceState(null, '', address);
  };
  const change = (part: Partial<Filter>) => show({ ...view, filter: { ...filter, ...part } }, false);
  const toggle = (run: number) => {
    const hidden = filter.hidden.includes(run) ? filter.hidden.filter((other) => other !== run) : [...filter.hidden, run].sort((a, b) => a - b);
    change({ hidden });
  };
  const open = (chosen: Trial) => show({ ...view, trial: chosen.key }, true);
  // From afar the trial is brought to the reader; beside it the reader stays where they are.
  const bring = (chosen: Trial) => {
    open(chosen);
    requestAnimationFrame(() => {
      heading.current?.focus({ preventScroll: true });
      heading.current?.closest('section')?.scrollIntoView({ block: 'start' });
    });
  };

  return (
    <>
      <header class="report-head">
        <h1>
          <span class="brand">Support Ops</span> report
        </h1>
        <p class="quiet">
          {count(report.runs.length, 'run')} · {count(report.tasks.length, 'task')} · {count(all.length, 'trial')} · version {report.version}
        </p>
      </header>
      <main class="report">
        {report.notes.length > 0 && (
          <ul class="notes">
            {report.notes.map((note) => (
              <li key={note}>
                <Icon name="warning" /> <Ticked text={note} />
              </li>
            ))}
          </ul>
        )}
        <Leaderboard report={report} shown={shown} hidden={filter.hidden} sort={view.sort} choose={(sort) => show({ ...view, sort }, false)} toggle={toggle} />
        <Filters report={report} filter={filter} change={change} kept={trials.length} all={all.length} />
        <HeatMap tasks={report.tasks} runs={runs} trials={trials} open={bring} />
        <div class="pair">
          <Parts runs={runs} trials={trials} />
          <Curves runs={runs} trials={trials} />
        </div>
        <Deviations runs={runs} trials={trials} open={bring} />
        <div class="look-at">
          <Trials report={report} trials={trials} current={trial} open={narrow() ? bring : open} />
          <Viewer report={report} runs={runs} trial={trial} trials={sorted} open={open} headingRef={heading} />
        </div>
      </main>
    </>
  );
}

/** Whether the viewer stands below the list rather than beside it. */
function narrow(): boolean {
  return matchMedia('(max-width: 960px)').matches;
}
