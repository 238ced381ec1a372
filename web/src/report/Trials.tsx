// The trials on show, those that tell most first.
import { useState } from 'preact/hooks';
import { capitalised, count } from '../text/number';
import type { Report, Trial } from './contents';
import { RunName } from './RunName';
import { trialName, two, words } from './words';

/** Rows that are added at a time. */
const MORE = 50;

export function Trials({ report, trials, current, open }: { report: Report; trials: Trial[]; current: Trial | null; open: (trial: Trial) => void }) {
  const [most, setMost] = useState(MORE);
  const sorted = [...trials].sort((a, b) => Number(a.passed) - Number(b.passed) || a.score - b.score);
  const named = trials.some((trial) => trial.seed !== null || trial.repeat > 0);
  return (
    <section class="panel trials" aria-labelledby="trials-title">
      <h2 id="trials-title">Trials</h2>
      <p class="quiet note">Those that did not pass first, the lowest score first.{report.leftOut !== null && ` ${report.leftOut}`}</p>
      {sorted.length === 0 ? (
        <p class="empty">No trial is left. Clear a filter.</p>
      ) : (
        <div class="trials-scroll" role="group" aria-labelledby="trials-title" tabIndex={0}>
          <table class="grid">
            <caption class="unseen">The trials on show</caption>
            <thead>
              <tr>
                <th scope="col">Trial</th>
                <th scope="col" class="right">
                  Score
                </th>
              </tr>
            </thead>
            <tbody>
              {sorted.slice(0, most).map((trial) => (
                <tr key={trial.key} class={trial === current ? 'now' : ''}>
                  <td>
                    <button type="button" class="trial-button" aria-pressed={trial === current} onClick={() => open(trial)}>
                      {report.tasks[trial.task]?.title}
                      {named && <span class="quiet">, {trialName(trial)}</span>}
                    </button>
                    <span class="quiet sub trial-sub">
                      <RunName run={{ at: trial.run, label: report.runs[trial.run]?.label ?? '' }} />
                      <span>
                        {count(trial.rewards.length, 'step')}, {words(trial.ended)}
                        {trial.error !== null && `: ${words(trial.error.kind)}`}
                      </span>
                    </span>
                  </td>
                  <td class="right">
                    {two(trial.score)}
                    <span class={`sub ${trial.passed ? 'good-text' : 'poor-text'}`}>{trial.passed ? 'passed' : 'not passed'}</span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {most < sorted.length && (
            <button type="button" class="small more" onClick={() => setMost(most + MORE)}>
              Show {Math.min(MORE, sorted.length - most)} more of {sorted.length}
            </button>
          )}
        </div>
      )}
    </section>
  );
}

/** A line of figures of one trial. */
export function trialOption(trial: Trial): string {
  return `${capitalised(trialName(trial))}: ${two(trial.score)}, ${trial.passed ? 'passed' : 'not passed'}`;
}
