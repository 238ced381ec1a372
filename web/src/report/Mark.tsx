// A run's mark: a colour, a shape and a dash. Colour and shape together are a run's own among the 64 of a report, shape
// and dash among 32: runs can be told apart without colours, too.
const COLOURS = 8;
const DASHES = ['', '7 3', '2 3', '9 3 2 3'];
/** In a square of 12: disc, square, triangle, diamond, cross, ring, triangle upside down, frame. */
const SHAPES = [
  'M6 1a5 5 0 1 1 0 10a5 5 0 1 1 0-10z',
  'M1.5 1.5h9v9h-9z',
  'M6 .5l5.5 10.5H.5z',
  'M6 0l6 6l-6 6l-6-6z',
  'M4.2 .5h3.6v3.7h3.7v3.6H7.8v3.7H4.2V7.8H.5V4.2h3.7z',
  'M6 .5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11zM6 3.5a2.5 2.5 0 1 0 0 5a2.5 2.5 0 1 0 0-5z',
  'M6 11.5L.5 1h11z',
  'M1 1h10v10H1zM4 4v4h4V4z',
];

export function runClass(run: number): string {
  return `run-${(run % COLOURS) + 1}`;
}

/** The place among the shapes. */
export function shapeOf(run: number): number {
  return (run + Math.floor(run / COLOURS)) % SHAPES.length;
}

export function dashOf(run: number): string {
  return DASHES[(shapeOf(run) + Math.floor(run / COLOURS)) % DASHES.length] ?? '';
}

/** The shape alone, within a drawing, around this place. */
export function Point({ run, x, y }: { run: number; x: number; y: number }) {
  return <path class="run-point" d={SHAPES[shapeOf(run)]} transform={`translate(${x - 5} ${y - 5}) scale(.83)`} />;
}

export function Mark({ run }: { run: number }) {
  return (
    <svg class={`run-mark ${runClass(run)}`} width="11" height="11" viewBox="0 0 12 12" aria-hidden="true" focusable="false">
      <path d={SHAPES[shapeOf(run)]} />
    </svg>
  );
}
