// What went wrong, said at once by a screen reader, too.
import type { ComponentChildren } from 'preact';

export function Alert({ children }: { children: ComponentChildren }) {
  return (
    <p class="error" role="alert">
      {children}
    </p>
  );
}
