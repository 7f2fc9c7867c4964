import { runSteps, type Context } from '../../../nodes/shared/util/dataTable';

const answering = (executeWorkflow: () => Promise<unknown>) =>
	({ executeWorkflow }) as unknown as Context;

describe("an operation of n8n's data tables", () => {
	beforeEach(() => jest.useFakeTimers());
	afterEach(() => jest.useRealTimers());

	it('is given up after half a minute: n8n may never answer', async () => {
		const run = runSteps(
			answering(async () => await new Promise(() => {})),
			[{}],
			[],
		);
		const settled = jest.fn();
		run.catch(settled);
		await jest.advanceTimersByTimeAsync(29_000);
		expect(settled).not.toHaveBeenCalled();
		await jest.advanceTimersByTimeAsync(1_000);
		await expect(run).rejects.toThrow('The operation took longer than 30 seconds');
	});

	it.each([
		['answers', async () => ({ data: [[{ json: { id: 1 } }]] })],
		[
			'fails',
			async () => {
				throw new Error('database is locked');
			},
		],
	])('leaves nothing behind that fails later, where it %s', async (_what, executeWorkflow) => {
		const unhandled = jest.fn();
		process.on('unhandledRejection', unhandled);
		const [run] = await Promise.allSettled([runSteps(answering(executeWorkflow), [{}], [])]);
		expect(run).toMatchObject(
			run.status === 'fulfilled'
				? { value: [{ id: 1 }] }
				: { reason: new Error('database is locked') },
		);
		await jest.advanceTimersByTimeAsync(60_000);
		jest.useRealTimers();
		await new Promise((resolve) => setImmediate(resolve));
		process.off('unhandledRejection', unhandled);
		expect(unhandled).not.toHaveBeenCalled();
	});
});
