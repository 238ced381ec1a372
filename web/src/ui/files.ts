// Where files come in: dropped on an element, or picked in a field.

export function dropped(open: (files: File[]) => void) {
  return {
    onDragOver: (event: DragEvent) => event.preventDefault(),
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      open([...(event.dataTransfer?.files ?? [])]);
    },
  };
}

/** The field is emptied, so that the same file can be picked again. */
export function picked(open: (files: File[]) => void) {
  return (event: { currentTarget: HTMLInputElement }) => {
    const files = [...(event.currentTarget.files ?? [])];
    event.currentTarget.value = '';
    open(files);
  };
}
