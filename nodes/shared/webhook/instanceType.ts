/**
 * What the process of a context is. In queue mode a `worker` runs the executions that a `webhook` or `main` process has
 * enqueued; otherwise `main` does everything. n8n has no function for this: it is a property of its contexts
 * (n8n-core, NodeExecutionContext.instanceSettings). Where that is missing, nothing that depends on it happens.
 */
export function instanceTypeOf(context: object): string | undefined {
	const { instanceSettings } = context as { instanceSettings?: { instanceType?: unknown } };
	const type = instanceSettings?.instanceType;
	return typeof type === 'string' ? type : undefined;
}
