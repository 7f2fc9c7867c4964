/** An error that is reported to the user as one line, without a stack trace. */
export class Obstacle extends Error {}
export function installLocked(folder: string, title: string): Promise<boolean>;
export function rebuild(folder: string, title: string, packages: string[]): Promise<void>;
export function runNpm(folder: string, args: string[]): Promise<{ code: number; output: string }>;
export function showProgress(describe: () => string): () => void;
export function hideProgress(): void;
