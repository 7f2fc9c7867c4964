import type { IDataObject } from 'n8n-workflow';

import { MESSAGE_TYPES, TEMPLATE } from '../../../nodes/shared/apis/innoPaas/messageTypes';
import { readContent } from '../../../nodes/shared/messages/read';
import type { MessageType } from '../../../nodes/shared/messages/schema';
import { startSandbox, type Sandbox } from '../../../sandbox/server';
import { asGiven } from '../../messageTypes/asGiven';
import { badCases, titleOf, type Values } from '../../messageTypes/cases';
import { ADDRESSED } from '../../messageTypes/innoPaasBodies';
import { SUBMIT, post } from '../../support/innoPaasClient';
import { callsOf, numberOf, people, submit } from '../../support/innoPaasGateway';
import { outputs, recipientsOf } from '../../support/massRun';
import { fixedNames, goodOf, parametersOf, perItem } from '../../support/sendType';

/** What InnoPaaS Submit refuses before sending, and what its API refuses, are the same. */

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(() => sandbox.close());
beforeEach(() => sandbox.reset());

const OF_TEMPLATE: IDataObject = {
	operation: 'sendTemplate',
	template: { __rl: true, mode: 'list', value: 'a_group/en' },
	specifyVariables: 'ordered',
};

/** The node's parameters, and the body of the same message. */
function parametersFor(type: MessageType, values: Values): IDataObject {
	return type === TEMPLATE ? { ...OF_TEMPLATE, ...values } : parametersOf(type, values);
}

function bodyFor(type: MessageType, values: Values): IDataObject {
	const given = asGiven(type, values) as IDataObject;
	// Of a group the sandbox knows no template that a send would have to fit.
	if (type === TEMPLATE)
		return { messageType: 'template', language: 'en', templateGroupId: '77', ...given };
	return {
		messageType: type.type === 'raw' ? (values.messageTypeCode as string) : type.type,
		...given,
	};
}

/** The code that the sandbox refuses a body with; undefined when it takes it. */
async function refusedBySandbox(body: IDataObject): Promise<string | undefined> {
	const { body: answer } = await post(sandbox, SUBMIT, { ...ADDRESSED, ...body });
	return answer!.code === '0' ? undefined : String(answer!.code);
}

/** Here the documents say nothing: the node is stricter, of its own. */
const STRICTER: Array<[string, RegExp]> = [
	['Blanks are a text like any other, for all that is written', / is blank$/],
	[
		'The documents do not say that the earth ends at 90 and 180 degrees',
		/^L(at|ong)itude is (below|above) its range$/,
	],
	[
		'A header that is there may have no variable',
		/^template: (Header Text|Body Values|Button Values|Body Value 1|Button Value 1)/,
	],
	[
		'Links of a contact may be anything',
		/^Contact 1: URL 1: URL (is no link|has no scheme|is a script)$/,
	],
];
const isStricter = (pattern: RegExp, type: MessageType, what: string) =>
	pattern.test(what) || pattern.test(`${type.type}: ${what}`);

const TYPES = (['flat', 'nested'] as const).flatMap((style) =>
	[
		...MESSAGE_TYPES[style].filter(({ variant }) => style === 'flat' || variant),
		...(style === 'flat' ? [TEMPLATE] : []),
	].map((type) => [style, titleOf(type), type] as const),
);

describe.each(TYPES)('%s: %s', (style, _title, type) => {
	const cases = badCases(type).map((each) => [each.what, each] as const);
	const options = { interactiveStyle: style, maxRequestsPerSecond: 100 };

	it.each(cases)('refuses it before sending when %s', async (_what, { values, names }) => {
		const good = goodOf(type, values);
		const [wrongs, goods]: [unknown[], unknown[]] = [[], []];
		const expressions = perItem(values, good, wrongs, goods, fixedNames(type.fields)) as
			Values | undefined;
		expect(values).not.toEqual(good);

		// Alone it stops the workflow; among others, these are sent.
		const alone = await submit(sandbox, {
			parameters: parametersFor(type, expressions ?? values),
			options,
			items: [{ ...people(1)[0], values: wrongs }],
		});
		expect(alone.error?.message).toContain(names);
		expect(alone.error?.message).toMatch(/ \[item 0: \+62 812-00000000\]$/);
		expect(alone.error?.description).toMatch(/^Nothing has been sent\. \S/);
		expect(callsOf(sandbox)).toBe(0);
		if (!expressions) return;

		const withGroup =
			type === TEMPLATE ? { additionalBodyFields: '{"templateGroupId": "77"}' } : {};
		const among = await submit(sandbox, {
			parameters: parametersFor(type, expressions),
			options: { ...options, ...withGroup },
			items: people(3).map((person, index) => ({
				...person,
				values: index === 1 ? wrongs : goods,
			})),
		});
		expect(among.error).toBeUndefined();
		const [accepted, notAccepted] = outputs(among);
		expect(recipientsOf(accepted)).toEqual([0, 2].map(numberOf));
		expect(notAccepted).toEqual([
			expect.objectContaining({
				outcome: 'notSent',
				cause: expect.stringMatching(/^(invalidField|missingVariable)$/),
				reason: expect.stringContaining(names),
			}),
		]);
		expect(among.output('CAMS Send')[1][0].pairedItem).toEqual({ item: 1 });
		expect(callsOf(sandbox)).toBe(1);
	});

	const refusedByApi = cases.filter(
		([what, { apiRefuses }]) =>
			apiRefuses && !STRICTER.some(([, pattern]) => isStricter(pattern, type, what)),
	);

	if (refusedByApi.length > 0) {
		it.each(refusedByApi)('would be refused by the API too when %s', async (_what, { values }) => {
			expect(await refusedBySandbox(bodyFor(type, values))).toMatch(/^\d+$/);
		});
	}

	it('would be taken by the API where nothing is wrong', async () => {
		for (const [, { values }] of cases) {
			const good = goodOf(type, values);
			expect(asGiven(type, good)).toEqual(readContent(type, (name) => good[name]).content);
			expect(await refusedBySandbox(bodyFor(type, good))).toBeUndefined();
		}
	});
});

describe('where the node is stricter than what is documented', () => {
	it.each(STRICTER)('%s', async (_why, pattern) => {
		const strict = TYPES.flatMap(([, , type]) =>
			badCases(type).flatMap((each) =>
				each.apiRefuses && isStricter(pattern, type, each.what) ? [{ type, ...each }] : [],
			),
		);
		// Each is needed: at least one of them is taken by the sandbox.
		const codes = await Promise.all(
			strict.map(async ({ type, values }) => await refusedBySandbox(bodyFor(type, values))),
		);
		expect(codes).toContain(undefined);
	});
});
