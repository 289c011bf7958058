export class BuildProgress {
  constructor(
    out: { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown },
    options?: { readonly delay?: number; readonly columns?: number },
  );
  take(text: string): void;
  end(): void;
}
