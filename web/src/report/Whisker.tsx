// A mean as a bar from 0 to 1, with its interval; the figures beside it say the same.
import type { Estimate, Interval } from './contents';
import { runClass } from './RunName';

const WIDTH = 120;
const HEIGHT = 16;

export function Whisker({ estimate: { mean, interval, careful_interval }, run }: { estimate: Estimate; run: number }) {
  const x = (value: number) => 1 + Math.min(1, Math.max(0, value)) * (WIDTH - 2);
  const line = ({ low, high }: Interval, end: number) => `M${x(low)} ${HEIGHT / 2}H${x(high)}${[low, high].map((at) => `M${x(at)} ${HEIGHT / 2 - end}v${2 * end}`).join('')}`;
  return (
    <svg class={`whisker ${runClass(run)}`} width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true" focusable="false">
      <rect class="track" x="1" y="4" width={WIDTH - 2} height={HEIGHT - 8} rx="2" />
      {mean !== null && <rect class="mean" x="1" y="4" width={Math.max(0, x(mean) - 1)} height={HEIGHT - 8} rx="2" />}
      {careful_interval !== null && <path class="interval careful" d={line(careful_interval, 2)} />}
      {interval !== null && <path class="interval" d={line(interval, 4)} />}
      {mean !== null && <path class="point" d={`M${x(mean)} 2V${HEIGHT - 2}`} />}
    </svg>
  );
}
