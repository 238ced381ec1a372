// A mean as a bar from 0 to 1, with its interval; the figures beside it say the same.
import { toldInterval, type Estimate } from './contents';
import { runClass } from './Mark';

const WIDTH = 120;
const HEIGHT = 16;

export function Whisker({ estimate, run }: { estimate: Estimate; run: number }) {
  const { mean } = estimate;
  const interval = toldInterval(estimate);
  const x = (value: number) => 1 + Math.min(1, Math.max(0, value)) * (WIDTH - 2);
  return (
    <svg class={`whisker ${runClass(run)}`} width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true" focusable="false">
      <rect class="track" x="1" y="4" width={WIDTH - 2} height={HEIGHT - 8} rx="2" />
      {mean !== null && <rect class="mean" x="1" y="4" width={Math.max(0, x(mean) - 1)} height={HEIGHT - 8} rx="2" />}
      {interval !== null && <path class="interval" d={`M${x(interval.low)} 4v8m0-4H${x(interval.high)}m0-4v8`} />}
      {mean !== null && <path class="point" d={`M${x(mean)} 2V${HEIGHT - 2}`} />}
    </svg>
  );
}
