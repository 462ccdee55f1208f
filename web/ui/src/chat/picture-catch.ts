import type { ReactiveController, ReactiveControllerHost } from "lit";

/** The picture among what is pasted or dropped; null where there is none. */
export function pictureIn(data: Pick<DataTransfer, "files"> | null): File | null {
  return Array.from(data?.files ?? []).find(({ type }) => type.startsWith("image/")) ?? null;
}

/**
 * Pictures that are pasted into an element or dropped on it. While one is held over it, the element
 * has the attribute `dropping`. Texts are pasted and dropped as ever.
 */
export class PictureCatch implements ReactiveController {
  constructor(
    private readonly host: ReactiveControllerHost & HTMLElement,
    private readonly take: (file: File) => void,
    /** Whether one would be taken now. */
    private readonly takes: () => boolean = () => true,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.host.addEventListener("paste", this.pasted);
    this.host.addEventListener("dragover", this.over);
    this.host.addEventListener("dragleave", this.away);
    this.host.addEventListener("drop", this.dropped);
  }

  hostDisconnected(): void {
    this.host.removeEventListener("paste", this.pasted);
    this.host.removeEventListener("dragover", this.over);
    this.host.removeEventListener("dragleave", this.away);
    this.host.removeEventListener("drop", this.dropped);
  }

  private readonly pasted = (event: ClipboardEvent): void => {
    const file = pictureIn(event.clipboardData);
    // From a page or a document: its words are meant, though it brings a picture of them.
    const words = event.clipboardData?.types.includes("text/plain") === true;
    if (file === null || words || !this.takes()) return;
    event.preventDefault();
    this.take(file);
  };

  private readonly over = (event: DragEvent): void => {
    if (event.dataTransfer?.types.includes("Files") !== true) return;
    // Else the browser opens it in place of the page.
    event.preventDefault();
    event.dataTransfer.dropEffect = this.takes() ? "copy" : "none";
    this.host.toggleAttribute("dropping", this.takes());
  };

  private readonly away = (): void => {
    this.host.removeAttribute("dropping");
  };

  private readonly dropped = (event: DragEvent): void => {
    this.away();
    if (event.dataTransfer?.types.includes("Files") !== true) return;
    event.preventDefault();
    // Of another kind: the service says what is taken.
    const file = pictureIn(event.dataTransfer) ?? event.dataTransfer.files[0];
    if (file !== undefined && this.takes()) this.take(file);
  };
}
