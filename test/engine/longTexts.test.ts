/** A To of megabytes, as a wrong field brings it, is told in short in the item of every sending node. */
import { setFlagsFromString } from 'node:v8';
import type { IDataObject } from 'n8n-workflow';

import { startSandbox, type Sandbox } from '../../sandbox/server';
import { MASS } from '../support/camsMassSend';
import { NODE, TEMPLATE, TEXT, locator, runNode } from '../support/harness';
import { OFFER, TEXT as INNOPAAS_TEXT, credentialOf } from '../support/innoPaasGateway';

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

// As in a process that has run for long: V8 no longer optimizes a regular expression that is new to it, and one that
// repeats over millions of characters overflows its stack.
setFlagsFromString('--no-regexp-optimization');
afterAll(() => setFlagsFromString('--regexp-optimization'));

const NODES: Array<[string, string, IDataObject]> = [
	['CAMS Send, a text', 'camsSend', TEXT],
	['CAMS Send, a template', 'camsSend', TEMPLATE],
	['CAMS Send, to an ID', 'camsSend', { ...TEXT, channelType: 'telegram', from: locator('1') }],
	['CAMS Mass Send', 'camsMassSend', MASS],
	[
		'CAMS Viber Send',
		'camsViberSend',
		{ ...TEXT, channelType: 'viber', from: locator('20001'), label: 'transaction' },
	],
	['InnoPaaS Submit, a text', 'innoPaasSubmit', INNOPAAS_TEXT],
	['InnoPaaS Submit, a template', 'innoPaasSubmit', OFFER],
];

const LONG: Array<[string, string]> = [
	['commas', ','],
	['numbers', '6591234567,'],
	['digits', '6'],
	['blanks', ' '],
	['words', 'Mia '],
	['brackets', '['],
	['pluses', '+1'],
];

describe.each(NODES)('%s', (_what, name, parameters) => {
	// There To is a list, and a list may have a million numbers.
	const isList = name === 'innoPaasSubmit';
	it.each(LONG.filter(([of]) => !isList || of !== 'numbers'))(
		'says in few words that To is 5 MB of %s',
		async (_of, part) => {
			const run = await runNode(sandbox, {
				parameters,
				items: [
					{ phone: part.repeat(5_000_000 / part.length), name: 'Mia', order: 'A', text: 'Hi' },
				],
				node: {
					type: `n8n-nodes-chatapp.${name}`,
					onError: 'continueRegularOutput',
					retryOnFail: false,
				},
				credential: isList ? credentialOf(sandbox.url) : {},
			});
			const items = run.output(NODE).flat();
			expect(items).toHaveLength(1);
			// Where the input is told too, it is as long as it is.
			const json = { ...items[0].json, input: undefined };
			expect(json).toMatchObject({
				outcome: 'notSent',
				cause: 'invalidRecipient',
				reason: expect.stringMatching(/^To is /),
			});
			expect(JSON.stringify(json).length).toBeLessThan(2_000);
		},
	);
});
