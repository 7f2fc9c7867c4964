/** What pushes leave behind in the process: short keys, whatever was pushed, and nothing of an execution. */
import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { CAMS_WEBHOOK } from '../../../nodes/shared/apis/cams/webhook';
import { INNOPAAS_WEBHOOK } from '../../../nodes/shared/apis/innoPaas/webhook';
import { deduplicate } from '../../../nodes/shared/webhook/deduplicate';
import { seenBy } from '../../../nodes/shared/webhook/seenEvents';
import { megabytesLeftBy, stillHeld } from '../../support/garbage';
import { ProcessedItems } from '../../support/processedItems';

let triggers = 0;
const newTrigger = () => `memory-${++triggers}`;

function contextOf(id: string, events: IDataObject[], helpers: object = new ProcessedItems()) {
	return {
		getInputData: () => events.map((json) => ({ json })),
		getNodeParameter: (_name: string, _item: number, usual: unknown) => usual,
		getMode: () => 'webhook',
		getNode: () => ({ id, name: 'Receipts' }),
		getWorkflow: () => ({ id: 'workflow' }),
		addExecutionHints: () => {},
		logger: { warn: () => {} },
		helpers,
	} as unknown as IExecuteFunctions;
}

const LENGTH = 1_000_000;
const PUSHES = 20;

const camsStatus = { MessageId: 'm', From: '1', To: '2', Status: 'Read', TaskId: 't' };
const camsInbound = { MessageId: 'm', From: '1', To: '2', NoticeType: 'inbound', Message: 'Hi' };
const innoPaas = (body: IDataObject) => ({
	id: 'evt',
	type: 'whatsapp_message_status_updated',
	eventTime: '2023-02-22 12:00:00',
	body,
});
const innoPaasStatus = innoPaas({ id: '9', status: 'read', sendPhone: '6281200000001' });

/** Every text of these pushes in turn, and the name of a field, as long as a push can be. */
const CASES = [
	...[camsStatus, camsInbound].flatMap((push) =>
		[...Object.keys(push), undefined].map((field) => ({ webhook: CAMS_WEBHOOK, push, field })),
	),
	...['id', 'type', 'eventTime', undefined].map((field) => ({
		webhook: INNOPAAS_WEBHOOK,
		push: innoPaasStatus,
		field,
	})),
	...['id', 'status', 'sendPhone'].map((field) => ({
		webhook: INNOPAAS_WEBHOOK,
		push: innoPaasStatus,
		field: `body.${field}`,
	})),
];

/** The push with a long text there, or with a long name without a field. */
function withLong(push: IDataObject, field: string | undefined, index: number): IDataObject {
	const long = `${index} ${'x'.repeat(LENGTH)}`;
	const [first, inner] = (field ?? long).split('.');
	const value = inner ? { ...(push[first] as IDataObject), [inner]: long } : field ? long : 'new';
	// As it comes: the text is a piece of memory of its own.
	return JSON.parse(JSON.stringify({ ...push, [first]: value })) as IDataObject;
}

describe('pushes', () => {
	it.each(CASES.map((each) => [each.field ?? 'the name of a field', each] as const))(
		'with a megabyte in %s leave no megabytes',
		async (_where, { webhook, push, field }) => {
			const trigger = newTrigger();
			const left = await megabytesLeftBy(async () => {
				for (let index = 0; index < PUSHES; index++) {
					const events = webhook.parse([withLong(push, field, index)]).map(({ event }) => event);
					await deduplicate(contextOf(trigger, events));
				}
			});
			expect(left).toBeLessThan(3);
		},
	);
});

describe('an execution', () => {
	it('is not held by the memory once the next claims wait for the database', async () => {
		const trigger = newTrigger();
		let answer = () => {};
		const waiting = new Promise<void>((resolve) => (answer = resolve));
		const event = (messageId: string) => ({ event: 'inboundMessage', messageId, api: 'cams' });
		const first = async () => {
			const store = new ProcessedItems();
			const done = deduplicate(contextOf(trigger, [event('1')], store));
			// Comes while the first is looked up, so it is claimed in the same line, and takes for ever.
			const next = deduplicate(
				contextOf(trigger, [event('2')], new ProcessedItems(async () => await waiting)),
			);
			await done;
			return { next, store: new WeakRef(store) };
		};
		const { next, store } = await first();
		expect(await stillHeld([store])).toBe(0);
		answer();
		expect(await next).toEqual([[{ json: event('2') }]]);
	});
});

describe('the memory of a trigger', () => {
	const DAY = 24 * 3_600_000;
	afterEach(() => jest.useRealTimers());

	it.each([
		[DAY, 1],
		[DAY + 1, 0],
	])('%i ms after its last push, when another trigger gets one: %i', async (afterMs, left) => {
		jest.useFakeTimers({ doNotFake: ['setTimeout', 'setImmediate', 'nextTick'] });
		const trigger = newTrigger();
		const remember = () => new WeakRef(seenBy(contextOf(trigger, [])));
		const memory = remember();
		jest.setSystemTime(Date.now() + afterMs);
		seenBy(contextOf(newTrigger(), []));
		expect(await stillHeld([memory], left)).toBe(left);
	});
});
