// The question before changes that are nowhere else are lost.
import { Confirm } from '../ui/Confirm';
import type { Part } from './draft';

export interface Question {
  lost: Part[];
  go: () => void;
}

export function Discard({ question, close }: { question: Question | null; close: () => void }) {
  return (
    <Confirm id="discard-title" open={question !== null} title="Discard your changes?" keep="Keep editing" go="Discard" onGo={() => question?.go()} onClose={close}>
      {question?.lost.map((part) => `${part}.toml`).join(' and ')} will be replaced. The changes are neither downloaded nor saved.
    </Confirm>
  );
}
