// What wasm-bindgen makes of `crate/app/background`, as far as `background.js` uses it.

export default function init(source: { module_or_path: Promise<Response> }): Promise<unknown>;

export class Background {
  private constructor();
  static start(local: Promise<unknown>, session: Promise<unknown>, policy: Promise<unknown>): Promise<Background>;
  message(message: unknown, sender: chrome.runtime.MessageSender): Promise<unknown>;
  connected(number: number, port: chrome.runtime.Port): void;
  heard(number: number, message: unknown): void;
  disconnected(number: number): void;
  extension_changed(info: chrome.management.ExtensionInfo): void;
  extension_removed(id: string): void;
  tab_closed(tab: number): void;
  grants_changed(): void;
  notification_clicked(name: string): void;
  policy_changed(): void;
  woken(): void;
}
