// Tasks against runs: the mean score as a colour and a number. The arrow keys go from cell to cell.
import { useRef, useState } from 'preact/hooks';
import { count } from '../text/number';
import { Difficulty } from '../ui/Difficulty';
import type { Run, Task, Trial } from './contents';
import { groupBy, levelRank, mean, taskMean } from './figures';
import { RunName } from './RunName';
import { two } from './words';

/** Rows that are drawn before one asks for all. */
const MOST = 150;
/** With more columns than this their names stand upright. */
const WIDE = 6;

interface Props {
  tasks: Task[];
  runs: Run[];
  trials: Trial[];
  open: (trial: Trial) => void;
}

export function HeatMap({ tasks, runs, trials, open }: Props) {
  const [all, setAll] = useState(false);
  const [place, setPlace] = useState<[number, number]>([0, 0]);
  const table = useRef<HTMLTableElement>(null);
  const cells = groupBy(trials, (trial) => `${trial.task} ${trial.run}`);
  const byTask = groupBy(trials, (trial) => trial.task);
  const played = tasks.filter((task) => byTask.has(task.at));
  const sorted = [...played].sort((a, b) => levelRank(a.difficulty) - levelRank(b.difficulty));
  const rows = all ? sorted : sorted.slice(0, MOST);
  const groups = [...new Set(rows.map((task) => task.difficulty))];
  const row = Math.min(place[0], rows.length - 1);
  const column = Math.min(place[1], runs.length - 1);

  const move = (event: KeyboardEvent) => {
    const by = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const to: [number, number] = [clamp(row + (by[0] ?? 0), rows.length), clamp(column + (by[1] ?? 0), runs.length)];
    setPlace(to);
    table.current?.querySelector<HTMLElement>(`[data-cell="${to[0]} ${to[1]}"]`)?.focus();
  };
  const scoreOf = (some: Trial[] | undefined) => mean((some ?? []).map((trial) => trial.score));
  return (
    <section class="panel heat" aria-labelledby="heat-title">
      <h2 id="heat-title">Tasks</h2>
      <p class="quiet note">
        Mean score of each task and run, from 0 <i class="scale" aria-hidden="true" /> to 1. <span class="screen">Press a cell to look at its trials.</span>
      </p>
      {rows.length === 0 ? (
        <p class="empty">No trial is left. Clear a filter.</p>
      ) : (
        <div class="scroll" role="group" aria-labelledby="heat-title" tabIndex={0}>
          <table class={runs.length > WIDE ? 'heat-map upright' : 'heat-map'} ref={table} style={{ '--runs': runs.length }} onKeyDown={move}>
            <caption class="unseen">The mean score of each task and run</caption>
            <thead>
              <tr>
                <th scope="col">Task</th>
                {runs.map((run) => (
                  <th key={run.at} scope="col" class="run-head">
                    <RunName run={run} />
                  </th>
                ))}
              </tr>
            </thead>
            {groups.map((level) => {
              const members = rows.filter((task) => task.difficulty === level);
              return (
                <tbody key={level}>
                  <tr class="group">
                    <th scope="rowgroup">
                      <Difficulty level={level} /> <span class="quiet group-size">{count(sorted.filter((task) => task.difficulty === level).length, 'task')}</span>
                    </th>
                    {runs.map((run) => {
                      const own = sorted.filter((task) => task.difficulty === level).flatMap((task) => cells.get(`${task.at} ${run.at}`) ?? []);
                      return (
                        <td key={run.at} class="group-mean">
                          {two(taskMean(own))}
                        </td>
                      );
                    })}
                  </tr>
                  {members.map((task) => {
                    const at = rows.indexOf(task);
                    return (
                      <tr key={task.at}>
                        <th scope="row">
                          {task.title}
                          <span class="quiet sub">{task.id}</span>
                        </th>
                        {runs.map((run, index) => {
                          const own = cells.get(`${task.at} ${run.at}`);
                          const value = scoreOf(own);
                          if (own === undefined || value === null) {
                            return (
                              <td key={run.at} class="none">
                                <span class="unseen">not played</span>
                              </td>
                            );
                          }
                          const passed = own.filter((trial) => trial.passed).length;
                          return (
                            <td key={run.at}>
                              <button
                                type="button"
                                class="cell"
                                data-cell={`${at} ${index}`}
                                tabIndex={at === row && index === column ? 0 : -1}
                                style={{ '--value': value.toFixed(3) }}
                                title={`${passed} of ${count(own.length, 'trial')} passed`}
                                aria-label={`${run.label}, ${task.title}: ${two(value)}, ${passed} of ${count(own.length, 'trial')} passed`}
                                onFocus={() => setPlace([at, index])}
                                onClick={() => open(worst(own))}
                              >
                                {two(value)}
                              </button>
                            </td>
                          );
                        })}
                      </tr>
                    );
                  })}
                </tbody>
              );
            })}
          </table>
        </div>
      )}
      {rows.length < sorted.length && (
        <button type="button" class="small" onClick={() => setAll(true)}>
          Show all {sorted.length} tasks
        </button>
      )}
    </section>
  );
}

/** The trial that tells most: the lowest score, of which there are steps to look at. */
function worst(trials: Trial[]): Trial {
  const key = (trial: Trial) => [trial.episode === null ? 1 : 0, trial.passed ? 1 : 0, trial.score];
  return trials.reduce((least, trial) => {
    const [a, b] = [key(trial), key(least)];
    const at = a.findIndex((value, index) => value !== b[index]);
    return at >= 0 && (a[at] ?? 0) < (b[at] ?? 0) ? trial : least;
  });
}

function clamp(value: number, length: number): number {
  return Math.max(0, Math.min(length - 1, value));
}
