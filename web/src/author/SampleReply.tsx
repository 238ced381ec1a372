// A reply to try, graded while one types.
import { Verdicts } from '../understand/ReplyView';
import { MarkedText } from '../understand/MarkedText';
import { replyMarks } from '../text/spans';
import { Ticked } from '../ui/Ticked';
import { sendGrade } from './api';
import { keyOf, type Work } from './draft';
import { useLive } from './useLive';

export function SampleReply({ work, setReply }: { work: Work; setReply: (reply: string) => void }) {
  const { task, pack, reply } = work;
  const key = reply.trim() === '' ? null : `${keyOf(work)}\u0000${reply}`;
  const grade = useLive(key, (signal) => sendGrade({ task, pack }, reply, signal), 300);
  const explanation = grade.answer?.value ?? null;
  const fits = grade.answer?.of === key;
  const graded = grade.answer?.of.split('\u0000')[2] ?? '';
  return (
    <section class="panel sample" aria-labelledby="sample-title" aria-busy={grade.busy}>
      <h3 id="sample-title" class="panel-title">
        Sample reply
        {explanation !== null && <span class={explanation.passes ? 'badge good' : 'badge poor'}>{explanation.passes ? 'passes' : 'does not pass'}</span>}
      </h3>
      <label class="field">
        <span class="unseen">A reply to try</span>
        <textarea rows={4} placeholder="Write a reply to see how it is graded" value={reply} onInput={(event) => setReply(event.currentTarget.value)} />
      </label>
      {grade.error !== null && <p class="error"><Ticked text={grade.error} /></p>}
      {explanation !== null && (
        <>
          {fits && <MarkedText text={reply} marks={replyMarks(reply, explanation)} />}
          {/* Between two answers the places are those of the text that was graded. */}
          <Verdicts text={graded} explanation={explanation} />
        </>
      )}
    </section>
  );
}
