import type { IExecuteFunctions } from 'n8n-workflow';

import { digestOf, withSendLedger, type SendLedger } from '../../../nodes/shared/send/ledger';
import type { Result } from '../../../nodes/shared/send/result';
import { megabytesLeftBy, stillHeld } from '../../support/garbage';

const result = (messageId: string): Result => ({ outcome: 'accepted', json: { messageId } });

interface Where {
	executionId?: string;
	nodeId?: string;
	workflowId?: string;
	mode?: string;
	input?: unknown[];
	isStopped?: boolean;
}

/** A run of a node; the ledger is one for the process, so every test has a workflow of its own. */
async function run<T>(work: (ledger: SendLedger) => T, where: Where = {}): Promise<T> {
	const {
		executionId = '1',
		nodeId = 'send',
		workflowId = workflow,
		mode = 'trigger',
		input = ['Mia'],
		isStopped,
	} = where;
	const context = {
		getExecutionCancelSignal: () => (isStopped ? AbortSignal.abort() : undefined),
		getExecutionId: () => executionId,
		getInputData: () => input.map((json) => ({ json })),
		getNode: () => ({ id: nodeId }),
		getWorkflow: () => ({ id: workflowId }),
		getMode: () => mode,
	} as unknown as IExecuteFunctions;
	return await withSendLedger(context, async (ledger) => work(ledger));
}

/** Notes that one message with the text Hello was sent. */
function sendHello(ledger: SendLedger, key: string, one: Result): void {
	ledger.record(() => [{ key, digest: digestOf('Hello'), result: one }]);
}

/** A run that keeps one result and then throws. */
async function failAfter(key: string, where: Where = {}): Promise<void> {
	const failing = run((ledger) => {
		sendHello(ledger, key, result(key));
		throw new Error('refused');
	}, where);
	await expect(failing).rejects.toThrow('refused');
}

/** What a run would find; it fails too, so that looking changes nothing. */
async function find(
	key: string,
	where: Where = {},
	content = 'Hello',
): Promise<Result | undefined> {
	let found: Result | undefined;
	await run((ledger) => {
		found = ledger.earlier(
			() => key,
			() => content,
		);
		throw new Error('only looked');
	}, where).catch(() => undefined);
	return found;
}

let workflows = 0;
let workflow: string;
beforeEach(() => {
	jest.useFakeTimers({ now: Date.UTC(2030, 0, 1) + workflows * 1_000 * 3_600_000 });
	workflow = `workflow ${++workflows}`;
});
afterEach(() => jest.useRealTimers());

describe('what a run has kept that threw', () => {
	it.each<[string, Where, boolean]>([
		['the next try of the same execution', {}, true],
		['the next try, whatever its input became', { input: ['Ben'] }, true],
		['a retry, which is a new execution', { executionId: '2', mode: 'retry' }, true],
		['a retry on other input', { executionId: '2', mode: 'retry', input: ['Ben'] }, false],
		['another execution', { executionId: '2' }, false],
		['another execution, by hand', { executionId: '2', mode: 'manual' }, false],
		['another node', { nodeId: 'other' }, false],
		['another node of a retry', { executionId: '2', nodeId: 'other', mode: 'retry' }, false],
		['another workflow', { workflowId: 'other' }, false],
		['another workflow, retried', { executionId: '2', workflowId: 'other', mode: 'retry' }, false],
	])('%s: finds it or not, as it should', async (_who, where, found) => {
		await failAfter('0/mia');
		expect(await find('0/mia', where)).toEqual(found ? result('0/mia') : undefined);
		expect(await find('1/mia', where)).toBeUndefined();
	});

	it('is found by the next try whatever the text has become, by a retry only for the same text', async () => {
		await failAfter('0/mia');
		expect(await find('0/mia', {}, 'Hello, it is 12:01 now')).toBeDefined();
		expect(
			await find('0/mia', { executionId: '2', mode: 'retry' }, 'Another campaign'),
		).toBeUndefined();
	});

	it('is found by the third try too, together with what the second one kept', async () => {
		await failAfter('0/mia');
		await failAfter('1/ben');
		expect(await find('0/mia')).toEqual(result('0/mia'));
		expect(await find('1/ben')).toEqual(result('1/ben'));
	});

	it('is handed on from retry to retry, each of which is another execution', async () => {
		await failAfter('0/mia');
		await failAfter('1/ben', { executionId: '2', mode: 'retry' });
		const third = { executionId: '3', mode: 'retry' };
		expect(await find('0/mia', third)).toEqual(result('0/mia'));
		expect(await find('1/ben', third)).toEqual(result('1/ben'));
	});

	it('is found after the run was stopped as well', async () => {
		await run((ledger) => sendHello(ledger, '0/mia', result('1')), { isStopped: true });
		expect(await find('0/mia', { executionId: '2', mode: 'retry' })).toEqual(result('1'));
	});

	it('is no business of a run that goes on at the same time', async () => {
		let goOn = () => {};
		const waiting = new Promise<void>((resolve) => (goOn = resolve));
		const first = run(async (ledger) => {
			sendHello(ledger, '0/mia', result('1'));
			await waiting;
		});
		expect(await find('0/mia')).toBeUndefined();
		goOn();
		await first;
	});

	it('is forgotten after a day', async () => {
		await failAfter('0/mia');
		jest.setSystemTime(Date.now() + 24 * 3_600_000);
		expect(await find('0/mia')).toBeDefined();
		jest.setSystemTime(Date.now() + 1);
		expect(await find('0/mia')).toBeUndefined();
	});

	it('is not found by a retry when the input cannot be compared', async () => {
		const circular: unknown[] = [];
		circular.push(circular);
		await failAfter('0/mia', { input: circular });
		expect(await find('0/mia', { input: circular })).toBeDefined();
		expect(
			await find('0/mia', { input: circular, executionId: '2', mode: 'retry' }),
		).toBeUndefined();
	});
});

describe('a run that ended well', () => {
	it('leaves nothing behind, so that another turn of a loop sends again', async () => {
		await run((ledger) => sendHello(ledger, '0/mia', result('1')));
		expect(await find('0/mia')).toBeUndefined();
		expect(await find('0/mia', { executionId: '2', mode: 'retry' })).toBeUndefined();
	});

	it('takes with it what it found, as a try of the same execution', async () => {
		await failAfter('0/mia');
		await run(() => undefined);
		expect(await find('0/mia')).toBeUndefined();
	});

	it('leaves everything to the next Retry, as a retry: n8n lets users press it again', async () => {
		await failAfter('0/mia');
		await run((ledger) => sendHello(ledger, '1/ben', result('2')), {
			executionId: '2',
			mode: 'retry',
		});
		const again = { executionId: '3', mode: 'retry' };
		expect(await find('0/mia', again)).toEqual(result('0/mia'));
		expect(await find('1/ben', again)).toEqual(result('2'));
		// Another turn of a loop within that retry is no repetition.
		expect(await find('1/ben', { executionId: '2' })).toBeUndefined();
	});

	it('leaves alone what other executions, nodes and workflows have kept', async () => {
		const others: Where[] = [
			{ executionId: '2' },
			{ nodeId: 'other' },
			{ workflowId: `${workflow} other` },
		];
		for (const where of others) await failAfter('0/mia', where);
		await run(() => undefined);
		for (const where of others) expect(await find('0/mia', where)).toEqual(result('0/mia'));
	});
});

describe('the memory', () => {
	const fill = async (executionId: string, count: number) => {
		const filling = run(
			(ledger) => {
				const one = result('1');
				const digest = digestOf('Hello');
				ledger.record(() =>
					Array.from({ length: count }, (_, index) => ({
						key: String(index),
						digest,
						result: one,
					})),
				);
				throw new Error('refused');
			},
			{ executionId },
		);
		await expect(filling).rejects.toThrow('refused');
	};

	it('holds a million results, and drops the oldest runs beyond', async () => {
		await fill('1', 400_000);
		await fill('2', 400_000);
		await fill('3', 200_001);
		jest.setSystemTime(Date.now() + 60_001);
		expect(await find('0', { executionId: '1' })).toBeUndefined();
		expect(await find('0', { executionId: '2' })).toBeDefined();
		expect(await find('0', { executionId: '3' })).toBeDefined();
	});

	it('keeps all of them as long as n8n may try again by itself', async () => {
		await fill('1', 1_000_001);
		await fill('2', 1);
		expect(await find('1000000', { executionId: '1' })).toBeDefined();
	});

	it('holds 50,000 runs that have sent something, and drops the oldest beyond', async () => {
		for (let index = 0; index <= 50_000; index++) {
			const running = run(
				(ledger) => {
					sendHello(ledger, '0', result('1'));
					throw new Error('refused');
				},
				{ executionId: String(index) },
			);
			await running.catch(() => undefined);
		}
		expect(await find('0', { executionId: '0' })).toBeDefined();
		jest.setSystemTime(Date.now() + 60_001);
		expect(await find('0', { executionId: '0' })).toBeUndefined();
		expect(await find('0', { executionId: '1' })).toBeDefined();
		expect(await find('0', { executionId: '50000' })).toBeDefined();
	});

	it.each<[string, Where]>([
		['failed', {}],
		['failed as a retry', { mode: 'retry' }],
		['was stopped', { isStopped: true }],
		['ended well as a retry', { mode: 'retry' }],
	])('has nothing of a run that %s and had sent nothing', async (how, where) => {
		await failAfter('0/mia', { executionId: 'first' });
		const left = await megabytesLeftBy(async () => {
			for (let index = 0; index < 60_000; index++) {
				const running = run(
					(ledger) => {
						ledger.record(() => []);
						if (how.startsWith('failed')) throw new Error('refused');
					},
					{ ...where, executionId: `none ${index}`, nodeId: `node ${index % 50}` },
				);
				await running.catch(() => undefined);
			}
		});
		expect(left).toBeLessThan(2);
		// They have not pushed out what one must know.
		jest.setSystemTime(Date.now() + 60_001);
		expect(await find('0/mia', { executionId: 'first' })).toEqual(result('0/mia'));
	});

	it.each<[string, Where, boolean]>([
		['that failed', {}, true],
		['that was stopped', { isStopped: true }, false],
		['that failed as a retry', { mode: 'retry' }, true],
		['that ended well as a retry', { mode: 'retry' }, false],
		['that ended well', {}, false],
	])('holds nothing of the run %s but what it had sent', async (_how, where, fails) => {
		const begin = async () => {
			const item = { text: 'x'.repeat(1_000) };
			const sent = { key: '0/mia', digest: digestOf('Hello'), item };
			const work = (ledger: SendLedger) => {
				ledger.record(() => [{ ...sent, result: result('1') }]);
				if (fails) throw new Error('refused');
			};
			await run(work, { ...where, input: [item] }).catch(() => undefined);
			return [new WeakRef(item), new WeakRef(work), new WeakRef(sent)];
		};
		expect(await stillHeld(await begin())).toBe(0);
	});
});
