// The drawing of the timeline.
import { useWidth } from '../ui/useWidth';

export interface Point {
  reward: number;
  score: number | null;
  refused: boolean;
}

interface Props {
  label: string;
  points: Point[];
  at: number;
  choose?: (at: number) => void;
}

const HEIGHT = 132;
const TOP = 8;
const BASE = HEIGHT - 20;
const LEFT = 28;

export function Chart({ label, points, at, choose }: Props) {
  const [element, width] = useWidth<HTMLDivElement>(560);
  const band = Math.min(72, (width - LEFT - 8) / Math.max(1, points.length));
  const y = (value: number) => BASE - Math.max(0, Math.min(1, value)) * (BASE - TOP);
  const every = Math.max(1, Math.ceil(18 / band));
  const press = (event: MouseEvent) => {
    if (choose === undefined || element.current === null) return;
    const x = event.clientX - element.current.getBoundingClientRect().left - LEFT;
    choose(Math.min(points.length, Math.max(0, Math.floor(x / band) + 1)));
  };
  return (
    <div class={choose ? 'chart pressable' : 'chart'} ref={element}>
      <svg width={width} height={HEIGHT} role="img" aria-label={label} onClick={press}>
        {[0, 0.5, 1].map((tick) => (
          <g key={tick}>
            <line class="rule" x1={LEFT} x2={width - 4} y1={y(tick)} y2={y(tick)} />
            <text class="tick" x={LEFT - 6} y={y(tick) + 4} text-anchor="end">
              {tick}
            </text>
          </g>
        ))}
        {choose && at > 0 && <rect class="here" x={LEFT + (at - 1) * band} y={TOP} width={band} height={BASE - TOP} />}
        {points.map((point, index) => {
          const x = LEFT + index * band;
          const wide = Math.max(1, band * 0.5);
          return (
            <g key={index}>
              <rect class="bar" x={x + (band - wide) / 2} width={wide} y={y(point.reward)} height={BASE - y(point.reward)} />
              {point.refused && <path class="refused" d={`M${x + band / 2 - 4} ${BASE - 10}l8 8m0-8l-8 8`} />}
              {(index + 1) % every === 0 && (
                <text class="tick" x={x + band / 2} y={HEIGHT - 5} text-anchor="middle">
                  {index + 1}
                </text>
              )}
            </g>
          );
        })}
        <path class="line" d={scoreLine(points, band, y)} />
      </svg>
    </div>
  );
}

/** The score as steps; it is broken where the score is not shown. */
function scoreLine(points: Point[], band: number, y: (value: number) => number): string {
  let drawn = '';
  let open = false;
  points.forEach(({ score }, index) => {
    if (score === null) {
      open = false;
      return;
    }
    const x = LEFT + index * band;
    drawn += `${open ? 'L' : 'M'}${x.toFixed(1)} ${y(score).toFixed(1)}L${(x + band).toFixed(1)} ${y(score).toFixed(1)}`;
    open = true;
  });
  return drawn;
}
