// What TypeScript's own types do not know of the pages and browsers that the tests look into.

/** A selector with attributes is typed as `Element`. Every element that the tests select in pages they know is one of HTML. */
interface Element {
  readonly dataset: DOMStringMap;
  title: string;
  innerText: string;
  attachInternals(): ElementInternals;
  click(): void;
  focus(options?: FocusOptions): void;
}

/** Parts of `chrome` that only browser pages have, or only tests call. */
declare namespace chrome {
  const developerPrivate: { getExtensionsInfo(options?: object): Promise<any[]> };
  namespace events {
    interface Event<T extends (...args: any) => void> {
      dispatch(...args: Parameters<T>): void;
    }
  }
}
