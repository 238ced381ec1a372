// A run's label with the colour that its marks have.
import type { Run } from './contents';

const COLOURS = 8;

export function runClass(run: number): string {
  return `run-${(run % COLOURS) + 1}`;
}

export function RunName({ run }: { run: Pick<Run, 'at' | 'label'> }) {
  return (
    <span class="run-name">
      <i class={`swatch ${runClass(run.at)}`} aria-hidden="true" />
      <span class="name">{run.label}</span>
    </span>
  );
}
