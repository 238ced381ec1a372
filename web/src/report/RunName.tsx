// A run's label with its mark.
import type { Run } from './contents';
import { Mark } from './Mark';

export function RunName({ run }: { run: Pick<Run, 'at' | 'label'> }) {
  return (
    <span class="run-name">
      <Mark run={run.at} />
      <span class="name">{run.label}</span>
    </span>
  );
}
