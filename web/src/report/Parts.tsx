// What each criterion is worth to each run, as bars beside their numbers.
import { capitalised } from '../text/number';
import { BarCell } from './BarCell';
import { PARTS, type Run, type Trial } from './contents';
import { groupBy, partMeans } from './figures';
import { RunName } from './RunName';
import { two } from './words';

export function Parts({ runs, trials }: { runs: Run[]; trials: Trial[] }) {
  const byRun = groupBy(trials, (trial) => trial.run);
  return (
    <section class="panel parts" aria-labelledby="parts-title">
      <h2 id="parts-title">Score parts</h2>
      <p class="quiet note">How well each criterion was met, from 0 to 1: the mean over the trials on show that came to their end.</p>
      <div class="scroll" role="group" aria-labelledby="parts-title" tabIndex={0}>
        <table class="grid parts-table">
          <caption class="unseen">The mean value of each criterion by run</caption>
          <thead>
            <tr>
              <th scope="col">Run</th>
              {PARTS.map((part) => (
                <th key={part} scope="col">
                  <i class={`swatch ${part}`} aria-hidden="true" />
                  {capitalised(part)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <tr key={run.at}>
                <th scope="row">
                  <RunName run={run} />
                </th>
                {partMeans(byRun.get(run.at) ?? []).map((value, at) => (
                  <BarCell key={PARTS[at]} text={two(value)} share={value ?? 0} tone={PARTS[at] ?? ''} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
