// Asks the server anew a little after the last change, and forgets answers that came too late.
import { useEffect, useRef, useState } from 'preact/hooks';
import { textOf } from '../commands';

export interface Live<T> {
  /** The last answer, and what it answered. */
  answer: { of: string; value: T } | null;
  error: string | null;
  busy: boolean;
}

/** `key` says what is asked; null asks nothing. */
export function useLive<T>(key: string | null, ask: (signal: AbortSignal) => Promise<T>, delay: number): Live<T> {
  const [live, setLive] = useState<Live<T>>({ answer: null, error: null, busy: false });
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    if (key === null) {
      setLive({ answer: null, error: null, busy: false });
      return;
    }
    const leave = new AbortController();
    setLive((now) => ({ ...now, busy: true }));
    const timer = setTimeout(() => {
      latest
        .current(leave.signal)
        .then((value) => setLive({ answer: { of: key, value }, error: null, busy: false }))
        .catch((error: unknown) => {
          if (!leave.signal.aborted) setLive({ answer: null, error: textOf(error), busy: false });
        });
    }, delay);
    return () => {
      clearTimeout(timer);
      leave.abort();
    };
  }, [key, delay]);
  return live;
}
