/**
 * Servers that quote in their answers what they were sent, in every field and in every way to write a text: no secret of
 * a credential comes back in an output item, an error, a stored execution, a list or the credential test.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { stringify } from 'flatted';
import { CredentialTestContext } from 'n8n-core';
import type { IDataObject } from 'n8n-workflow';

import { testChatAppApi } from '../../nodes/shared/apis/credentialTest';
import { MASS } from '../support/camsMassSend';
import { CODES, ESCAPES, WRAPS } from '../support/encodings';
import { NODE, TEMPLATE, TEXT, locator, runNode } from '../support/harness';
import { OFFER, TEXT as INNOPAAS_TEXT } from '../support/innoPaasGateway';
import { mapperFields, search } from '../support/loadOptions';

type Api = 'cams' | 'innoPaas';

const ENCODINGS = { ...ESCAPES, ...WRAPS, ...CODES };
const random = jest.spyOn(Math, 'random').mockReturnValue(0);
afterAll(() => random.mockRestore());

const SECRETS = {
	securityToken: 'CAISnwJ1q6Ft5B2yfSjIr5bSEsj4g7BihPWGWHz/+Iif5==',
	appKey: 'a9K/3x=Q+7',
	accessToken: 'eyJhbGciOiJIUzI1NiJ9.eyJhcHAiOiI3In0/+x_Y-Z==',
};

const credentialAt = (api: Api, url: string): IDataObject =>
	api === 'cams'
		? {
				api,
				accessKeyId: 'STS.example',
				accessKeySecret: 'aSecretThatIsNeverSent',
				securityToken: SECRETS.securityToken,
				custSpaceId: 'cams-1',
				endpoint: url,
			}
		: {
				api,
				appKey: SECRETS.appKey,
				accessToken: SECRETS.accessToken,
				wabaId: '100000000000001',
				baseUrl: url,
				changeHeaderNames: true,
			};

/** What a server says of the request. */
type Kind = 'accepted' | 'rejected' | 'rejectedBy401' | 'unknown';
const STATUS: Record<Kind, number> = {
	accepted: 200,
	rejected: 400,
	rejectedBy401: 401,
	unknown: 500,
};

/** Every field of an answer, and rows of every list; each quotes the request in another way to write it. */
function answerOf(kind: Kind, quoted: () => string): object {
	const all = (...names: string[]) =>
		Object.fromEntries(names.map((name) => [name, quoted()] as const));
	const row = () => ({
		...all('CustSpaceId', 'InstanceName', 'State', 'PhoneNumber', 'VerifiedName', 'ServiceId'),
		...all('TemplateName', 'TemplateCode', 'Language', 'BusinessAccountName', 'verifiedName'),
		...all('name', 'messageLanguage', 'displayPhoneNumber', 'status'),
	});
	return {
		...all('Message', 'message', 'RequestId', 'requestId', 'MessageId', 'GroupMessageId'),
		...(kind === 'accepted' && { Code: 'OK', code: '0', success: true }),
		...(kind === 'rejected' || kind === 'unknown' ? all('Code', 'code') : {}),
		ListTemplate: [row()],
		PhoneNumbers: [row()],
		data: [row(), { [quoted()]: 1 }],
		Data: [row()],
		Total: 1,
		TotalCount: 1,
	};
}

/** Code points for all that is no letter: what a server writes that fears HTML in its JSON. */
const asJson = (answer: object) =>
	JSON.stringify(answer).replace(
		/[=/+<>&]/g,
		(character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);

const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

async function serverQuoting(kind: Kind, first: number, api: Api): Promise<string> {
	const server = createServer((request, response) => {
		const { headers } = request;
		const sent =
			api === 'cams'
				? [headers['x-acs-security-token'], headers.authorization?.split('Signature=')[1]]
				: [headers.authorization, headers.appkey];
		const encodings = Object.values(ENCODINGS);
		let turn = first;
		const quoted = () => {
			const encode = encodings[turn++ % encodings.length];
			return sent.map((each) => encode(String(each))).join(' and ');
		};
		response.writeHead(STATUS[kind], { 'content-type': 'application/json' });
		response.end(asJson(answerOf(kind, quoted)));
	});
	servers.push(server);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** No way to write a secret, as a whole and without its breaks. */
function expectNoSecret(seen: string): void {
	expect(seen).not.toMatch(/undefined and|Signature=/);
	const texts = [seen, seen.replace(/\s|\\+[nrt]|\u200b/g, '')];
	for (const secret of Object.values(SECRETS)) {
		for (const encode of Object.values(ENCODINGS)) {
			const written = encode(secret);
			for (const form of [written, JSON.stringify(written).slice(1, -1)])
				for (const text of texts) expect(text.includes(form) && form).toBe(false);
		}
	}
}

const SENDS: Array<[string, Api, string, IDataObject]> = [
	['CAMS Send, a text', 'cams', 'camsSend', TEXT],
	['CAMS Send, a template', 'cams', 'camsSend', TEMPLATE],
	['CAMS Mass Send', 'cams', 'camsMassSend', MASS],
	['CAMS Mass Send, by request', 'cams', 'camsMassSend', { ...MASS, options: { output: 'chunk' } }],
	[
		'CAMS Viber Send',
		'cams',
		'camsViberSend',
		{ ...TEXT, channelType: 'viber', from: locator('20001'), label: 'transaction' },
	],
	[
		'CAMS Send, a file',
		'cams',
		'camsSend',
		{ ...TEXT, messageType: 'image', mediaSource: 'binary' },
	],
	['InnoPaaS Submit, a text', 'innoPaas', 'innoPaasSubmit', INNOPAAS_TEXT],
	['InnoPaaS Submit, a template', 'innoPaas', 'innoPaasSubmit', OFFER],
];
const LISTS: Array<[string, Api, string, IDataObject]> = [
	['searchChannels', 'cams', 'camsSend', { channelType: 'whatsapp' }],
	['searchSenders', 'cams', 'camsSend', { channelType: 'whatsapp' }],
	['searchSenders', 'cams', 'camsViberSend', {}],
	['searchTemplates', 'cams', 'camsMassSend', { channelType: 'whatsapp' }],
	['searchSendNumbers', 'innoPaas', 'innoPaasSubmit', {}],
	['searchTemplates', 'innoPaas', 'innoPaasSubmit', { operation: 'sendTemplate' }],
];
const PICTURE = { data: 'iVBORw0KGgo=', mimeType: 'image/png', fileName: 'a.png' };
const KINDS = Object.keys(STATUS) as Kind[];

describe.each(KINDS)('a server that quotes, with an answer that is %s', (kind) => {
	// Each field in a third of all ways, and all of them together in each.
	describe.each([0, 8, 16])('from way %i on', (first) => {
		it.each(SENDS)('%s', async (_name, api, name, parameters) => {
			const url = await serverQuoting(kind, first, api);
			for (const onError of ['stopWorkflow', 'continueRegularOutput'] as const) {
				const { run } = await runNode({ url } as never, {
					parameters,
					items: [{ phone: '+65 9123 4567', name: 'Mia', text: 'Hello', order: 'A-1' }],
					files: [{ data: PICTURE }],
					node: { type: `n8n-nodes-chatapp.${name}`, onError, name: NODE },
					credential: credentialAt(api, url),
				});
				const result = run.data.resultData;
				expect(result.runData[NODE]).toHaveLength(1);
				expectNoSecret(stringify(result) + inspect(result, { depth: 12 }));
			}
		});

		it.each(LISTS)('%s of %s in %s', async (method, api, name, parameters) => {
			const url = await serverQuoting(kind, first, api);
			const panel = { name, parameters, credential: credentialAt(api, url) };
			const seen: unknown = await search('', method, panel).catch((error: unknown) => error);
			expectNoSecret(inspect(seen, { depth: 12 }));
		});

		it('the fields of a template', async () => {
			const credential = credentialAt('cams', await serverQuoting(kind, first, 'cams'));
			expectNoSecret(inspect(await mapperFields('', { parameters: TEMPLATE, credential })));
		});

		it.each(['cams', 'innoPaas'] as const)('the test of a credential for %s', async (api) => {
			const data = credentialAt(api, await serverQuoting(kind, first, api)) as never;
			const credential = { id: '1', name: 'ChatApp', type: 'chatAppApi', data };
			const { message } = await testChatAppApi.call(
				new CredentialTestContext() as never,
				credential,
			);
			expectNoSecret(message);
		});
	});
});
