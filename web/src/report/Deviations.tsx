// Where trials leave every path that wins: how often, of which kind, and the most common reasons.
import { count } from '../text/number';
import { Ticked } from '../ui/Ticked';
import { BarCell } from './BarCell';
import type { Run, Trial } from './contents';
import { commonCauses, groupBy } from './figures';
import { RunName } from './RunName';
import { words } from './words';

const KINDS = ['wrong_resolution', 'missing_evidence', 'reply', 'steps', 'stopped'];
const MOST = 8;

export function Deviations({ runs, trials, open }: { runs: Run[]; trials: Trial[]; open: (trial: Trial) => void }) {
  const strayed = trials.filter((trial) => trial.deviation !== null);
  const kinds = [...new Set([...KINDS, ...strayed.map((trial) => trial.deviation?.kind ?? '')])].filter((kind) => strayed.some((trial) => trial.deviation?.kind === kind));
  const byRun = groupBy(trials, (trial) => trial.run);
  const causes = commonCauses(trials, MOST);
  return (
    <section class="panel deviations" aria-labelledby="deviations-title">
      <h2 id="deviations-title">Where runs leave the winning path</h2>
      {strayed.length === 0 ? (
        <p class="empty">No trial on show left every path to a pass.</p>
      ) : (
        <>
          <p class="quiet note">Trials on show by what first put a pass out of reach; the bar is their share of the run’s.</p>
          <div class="scroll" role="group" aria-labelledby="deviations-title" tabIndex={0}>
            <table class="grid deviation-table">
              <caption class="unseen">The number of trials by run and kind of deviation</caption>
              <thead>
                <tr>
                  <th scope="col">Run</th>
                  {kinds.map((kind) => (
                    <th key={kind} scope="col">
                      {words(kind)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {runs.map((run) => {
                  const own = byRun.get(run.at) ?? [];
                  return (
                    <tr key={run.at}>
                      <th scope="row">
                        <RunName run={run} />
                      </th>
                      {kinds.map((kind) => {
                        const here = own.filter((trial) => trial.deviation?.kind === kind).length;
                        return <BarCell key={kind} text={here} share={own.length === 0 ? 0 : here / own.length} tone="stray" />;
                      })}
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </div>
          <h3 class="common-title">Most common reasons</h3>
          <ol class="causes">
            {causes.map((cause) => (
              <li key={`${cause.kind} ${cause.reason}`}>
                <span class="cause-count">{cause.trials.length}×</span>
                <span>
                  <b>{words(cause.kind)}</b> <Ticked text={cause.reason} />
                  <span class="quiet sub">
                    {[...groupBy(cause.trials, (trial) => trial.run)].map(([run, own]) => `${runs.find(({ at }) => at === run)?.label ?? ''} ${own.length}`).join(' · ')}
                  </span>
                </span>
                <button type="button" class="small" aria-label={`Look at one of ${count(cause.trials.length, 'trial')}: ${words(cause.kind)}, ${cause.reason}`} onClick={() => cause.trials[0] !== undefined && open(cause.trials.find((trial) => trial.episode !== null) ?? cause.trials[0])}>
                  Look
                </button>
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  );
}
