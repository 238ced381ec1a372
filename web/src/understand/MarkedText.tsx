// A text with its marks. Each mark can be reached by pointer, touch and keyboard and says its verdict; Escape hides it.
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { gravest, segments, type Mark } from '../text/spans';
import { foldAlternatives } from '../text/verdict';
import { Ticked } from '../ui/Ticked';

/** Which piece tells its verdict, and where. */
interface Place {
  at: number;
  left: number;
  top: number;
}

const TIP_WIDTH = 340;

interface Props {
  text: string;
  marks: Mark[];
  /** The keyword whose marks stand out, if any. */
  focus?: string | null;
}

export function MarkedText({ text, marks, focus = null }: Props) {
  const [active, setActive] = useState<Place | null>(null);
  const show = (at: number, mark: HTMLElement) => setActive({ at, ...below(mark) });
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  // Which piece told its verdict when a finger came down, as the focus that follows would open it again.
  const touched = useRef<{ at: number | null } | null>(null);
  useEffect(() => {
    if (active === null) return;
    const outside = (event: PointerEvent) => {
      if (!(event.target instanceof Element) || !(box.current?.contains(event.target) ?? false) || event.target.closest('mark') === null) setActive(null);
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [active]);
  const pieces = segments(text, marks);
  return (
    <div class="marked" ref={box} onKeyDown={(event) => event.key === 'Escape' && setActive(null)}>
      {pieces.map((piece, at) => {
        if (piece.marks.length === 0) return <span key={at}>{piece.text}</span>;
        const lit = focus !== null && piece.marks.some((mark) => mark.label.startsWith(`${focus}:`));
        return (
          <mark
            key={at}
            class={`${gravest(piece.marks)}${lit ? ' lit' : ''}`}
            tabIndex={0}
            aria-describedby={active?.at === at ? `${id}-tip` : undefined}
            onPointerEnter={(event) => event.pointerType === 'mouse' && show(at, event.currentTarget)}
            onPointerLeave={(event) => event.pointerType === 'mouse' && setActive(null)}
            onPointerDown={(event) => {
              touched.current = event.pointerType === 'mouse' ? null : { at: active?.at ?? null };
            }}
            onClick={(event) => {
              if (touched.current === null) return;
              if (touched.current.at === at) setActive(null);
              else show(at, event.currentTarget);
            }}
            onFocus={(event) => show(at, event.currentTarget)}
            onBlur={() => setActive(null)}
          >
            {piece.text}
            {active?.at === at && (
              <span class="tip" role="tooltip" id={`${id}-tip`} style={{ left: `${active.left}px`, top: `${active.top}px` }}>
                {unique(piece.marks).map((mark) => (
                  <span key={mark.label} class="tip-line">
                    <b>{mark.label}</b>
                    <span>
                      <Ticked text={foldAlternatives(mark.reason).text} />
                    </span>
                  </span>
                ))}
              </span>
            )}
          </mark>
        );
      })}
    </div>
  );
}

function unique(marks: Mark[]): Mark[] {
  return marks.filter((mark, at) => marks.findIndex((other) => other.label === mark.label) === at);
}

/** The place right below a mark, moved left where the box would end too soon. */
function below(mark: HTMLElement): { left: number; top: number } {
  const room = (mark.parentElement?.clientWidth ?? TIP_WIDTH) - TIP_WIDTH;
  return { left: Math.max(0, Math.min(mark.offsetLeft, room)), top: mark.offsetTop + mark.offsetHeight };
}
