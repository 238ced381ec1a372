// What runs have been paid by each step: a line for each, and the same as a table.
import { useState } from 'preact/hooks';
import { useWidth } from '../ui/useWidth';
import type { Run, Trial } from './contents';
import { groupBy, rewardCurve } from './figures';
import { dashOf, Point, runClass } from './Mark';
import { RunName } from './RunName';
import { two } from './words';

const HEIGHT = 240;
const TOP = 10;
const BASE = HEIGHT - 34;
const LEFT = 40;
const RIGHT = 12;

export function Curves({ runs, trials }: { runs: Run[]; trials: Trial[] }) {
  const byRun = groupBy(trials, (trial) => trial.run);
  const curves = runs.map((run) => ({ run, curve: rewardCurve(byRun.get(run.at) ?? []) })).filter(({ curve }) => curve.length > 1);
  const steps = curves.reduce((most, { curve }) => Math.max(most, curve.length - 1), 0);
  return (
    <section class="panel curves" aria-labelledby="curves-title">
      <h2 id="curves-title">Reward by step</h2>
      <p class="quiet note">What a trial has been paid in all after each step, the mean over the trials on show. The step that ends an episode pays its score.</p>
      {steps === 0 ? (
        <p class="empty">No steps to draw.</p>
      ) : (
        <>
          <Drawing curves={curves} steps={steps} />
          <details>
            <summary>As a table</summary>
            <div class="scroll" role="group" aria-label="Reward by step, as a table" tabIndex={0}>
              <table class="grid">
                <caption class="unseen">Mean reward so far after each step</caption>
                <thead>
                  <tr>
                    <th scope="col">Step</th>
                    {curves.map(({ run }) => (
                      <th key={run.at} scope="col" class="right">
                        <RunName run={run} />
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {Array.from({ length: steps }, (_, at) => (
                    <tr key={at}>
                      <th scope="row">{at + 1}</th>
                      {curves.map(({ run, curve }) => (
                        <td key={run.at} class="right">
                          {two(curve[at + 1])}
                        </td>
                      ))}
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </details>
        </>
      )}
    </section>
  );
}

function Drawing({ curves, steps }: { curves: { run: Run; curve: number[] }[]; steps: number }) {
  const [element, width] = useWidth<HTMLDivElement>(640);
  const [pointed, setPointed] = useState<number | null>(null);
  const most = curves.reduce((high, { curve }) => Math.max(high, ...curve), 0);
  const top = Math.max(0.25, Math.ceil(most * 4) / 4);
  const band = (width - LEFT - RIGHT) / steps;
  const x = (step: number) => LEFT + step * band;
  const y = (value: number) => BASE - (value / top) * (BASE - TOP);
  const ticks = Array.from({ length: Math.round(top / 0.25) + 1 }, (_, at) => at * 0.25).filter((tick) => top <= 1 || tick % 0.5 === 0);
  const every = Math.max(1, Math.ceil(28 / band));
  const at = pointed ?? steps;
  const held = (curve: number[]) => curve[Math.min(at, curve.length - 1)];
  const point = (event: PointerEvent) => {
    const left = element.current?.getBoundingClientRect().left ?? 0;
    setPointed(Math.max(0, Math.min(steps, Math.round((event.clientX - left - LEFT) / band))));
  };
  return (
    <>
      <div class="chart" ref={element} onPointerMove={point} onPointerLeave={() => setPointed(null)}>
        <svg width={width} height={HEIGHT} role="img" aria-label={`Mean reward so far by step, for ${curves.map(({ run, curve }) => `${run.label}: ${two(curve.at(-1))} at the end`).join('; ')}`}>
          {ticks.map((tick) => (
            <g key={tick}>
              <line class="rule" x1={LEFT} x2={width - RIGHT} y1={y(tick)} y2={y(tick)} />
              <text class="tick" x={LEFT - 8} y={y(tick) + 4} text-anchor="end">
                {tick}
              </text>
            </g>
          ))}
          {Array.from({ length: steps + 1 }, (_, step) => step)
            .filter((step) => step % every === 0)
            .map((step) => (
              <text key={step} class="tick" x={x(step)} y={BASE + 16} text-anchor="middle">
                {step}
              </text>
            ))}
          <text class="tick" x={(LEFT + width - RIGHT) / 2} y={HEIGHT - 3} text-anchor="middle">
            step
          </text>
          {pointed !== null && <line class="pointed" x1={x(pointed)} x2={x(pointed)} y1={TOP} y2={BASE} />}
          {curves.map(({ run, curve }) => (
            <g key={run.at} class={runClass(run.at)}>
              <path class="curve" stroke-dasharray={dashOf(run.at)} d={curve.map((value, step) => `${step === 0 ? 'M' : 'L'}${x(step).toFixed(1)} ${y(value).toFixed(1)}`).join('')} />
              <Point run={run.at} x={x(Math.min(at, curve.length - 1))} y={y(held(curve) ?? 0)} />
            </g>
          ))}
        </svg>
      </div>
      <ul class="curve-legend">
        <li class="quiet">{pointed === null ? 'At the end' : `After step ${pointed}`}</li>
        {curves.map(({ run, curve }) => (
          <li key={run.at}>
            <svg class={runClass(run.at)} width="34" height="12" aria-hidden="true" focusable="false">
              <path class="curve" stroke-dasharray={dashOf(run.at)} d="M0 6H34" />
              <Point run={run.at} x={17} y={6} />
            </svg>
            {run.label} <b>{two(held(curve))}</b>
          </li>
        ))}
      </ul>
    </>
  );
}
