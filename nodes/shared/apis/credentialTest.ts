import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	IDataObject,
	IHttpRequestOptions,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import {
	authenticate,
	camsEndpoint,
	credentialText,
	innoPaasBaseUrl,
} from '../../../credentials/authenticate';
import { concealed, readFailure, type HttpAnswer } from '../http/apiAnswer';
import {
	PROXY_CODE,
	supportSuffix,
	unknownRefusal,
	unreachableAdvice,
	type ErrorCatalog,
} from '../http/errorCatalog';
import { formatCount } from '../util/format';
import { textOf } from '../util/json';
import { readCamsAnswer } from './cams/answer';
import { CAMS_ERRORS } from './cams/errors';
import { CHANNEL_TYPES } from './cams/fields';
import { readInstances, toChannels } from './cams/lookups';
import { readInnoPaasAnswer } from './innoPaas/answer';
import { PHONE_INFO_PATH } from './innoPaas/client';
import { INNOPAAS_ERRORS } from './innoPaas/errors';
import { hidingSecrets } from './maskSecrets';

/**
 * The only helper that n8n offers a credential test. It is deprecated elsewhere; if n8n removes it, a declarative test in
 * the credential has to replace this one, with less specific messages.
 */
type TestHelper = Pick<ICredentialTestFunctions['helpers'], 'request'>;

const PROBE_TIMEOUT_MS = 15_000;
const ALLOWED_CLOCK_SKEW_MINUTES = 15;

function testError(title: string, advice: string): Error {
	return new Error(`${title}. ${advice}`);
}

async function probe(
	helper: TestHelper,
	credentials: ICredentialDataDecryptedObject,
	options: IHttpRequestOptions,
	endpoint: string,
	{ addressFields }: ErrorCatalog,
): Promise<HttpAnswer> {
	const request = authenticate(credentials, options);
	try {
		const answer = (await helper.request({
			...request,
			// The whole response as text, whatever its status.
			simple: false,
			resolveWithFullResponse: true,
			timeout: PROBE_TIMEOUT_MS,
		})) as HttpAnswer;
		return { ...answer, body: String(answer.body ?? '') };
	} catch (error) {
		const name = new URL(endpoint).host;
		const failure = readFailure(error);
		if (failure.outcome === 'retryLater') {
			const { title, advice } = unreachableAdvice(failure, { name, addressFields });
			throw testError(title, advice);
		}
		throw failure.cause === 'timeout'
			? testError(`${name} does not answer`, 'Check the address, and whether a firewall blocks it.')
			: testError(
					`${name} closed the connection without an answer`,
					`Check ${addressFields}, and whether the server there speaks HTTPS or HTTP as the address says.`,
				);
	}
}

/** The difference between this server's clock and the Date header of a response, in whole minutes. */
function clockSkewMinutes(headers: IDataObject): number | undefined {
	const apiTime = Date.parse(textOf(headers.date) ?? '');
	return Number.isNaN(apiTime) ? undefined : Math.round(Math.abs(Date.now() - apiTime) / 60_000);
}

/** One read of CAMS, signed with the credential, and the response it was read from. */
type CamsQuestion = (
	operation: string,
	query: IDataObject,
) => Promise<{ response: HttpAnswer; read: ReturnType<typeof readCamsAnswer> }>;

function camsQuestion(
	helper: TestHelper,
	credentials: ICredentialDataDecryptedObject,
): CamsQuestion {
	return async (operation, query) => {
		const headers = { 'x-acs-action': operation };
		const options: IHttpRequestOptions = { method: 'POST', url: '/', headers, qs: query };
		const endpoint = camsEndpoint(credentials);
		const response = await probe(helper, credentials, options, endpoint, CAMS_ERRORS);
		return {
			response,
			read: concealed(readCamsAnswer(response), hidingSecrets(credentials)),
		};
	};
}

const throttled = (code: string) =>
	testError(
		'The AccessKey could not be checked',
		`This account has sent Alibaba Cloud too many requests (${code}). Test again in a minute.`,
	);

/** Channels named in a message; more of them are counted. */
const NAMED_CHANNELS = 5;

/**
 * A credential without a channel is complete where the nodes find the channel by themselves: each channel type has one
 * at most. What cannot be read counts as none, as it does for the nodes (`withOnlyChannel`).
 * @throws Error that names the channels to choose from
 */
async function checkOnlyChannels(ask: CamsQuestion): Promise<void> {
	let found = 0;
	for (const { name, value } of CHANNEL_TYPES) {
		const rows = await readInstances(value, async (query) => {
			const { read } = await ask('ListInstance', query);
			if (read.outcome === 'retryLater') throw throttled(read.code);
			return read.outcome === 'accepted' ? read.body : {};
		});
		const channels = toChannels(rows);
		found += channels.length;
		if (channels.length <= 1) continue;
		const more = channels.length - NAMED_CHANNELS;
		const named = channels.slice(0, NAMED_CHANNELS).map((channel) => channel.name);
		throw testError(
			`The AccessKey works, but there are ${formatCount(channels.length)} channels for ${name} to choose from`,
			`Enter the ID of one under Channel ID / Space ID: ${named.join('; ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}. If every node names its own channel, save the credential as it is.`,
		);
	}
	if (found > 0) return;
	throw testError(
		'The AccessKey works, but no channel was found',
		'Fill Channel ID / Space ID, as shown on the Channel Management page, e.g. cams-8c8abcdef. If every node names its own channel, save the credential as it is.',
	);
}

/** A signed read of one template, which shows without side effects whether a CAMS credential works. */
async function probeCams(
	helper: TestHelper,
	credentials: ICredentialDataDecryptedObject,
): Promise<void> {
	const custSpaceId = credentialText(credentials, 'custSpaceId');
	const ask = camsQuestion(helper, credentials);
	const { response, read } = await ask('ListChatappTemplate', {
		TemplateType: 'WHATSAPP',
		Page: { Index: 1, Size: 1 },
		...(custSpaceId && { CustSpaceId: custSpaceId }),
	});
	// Only an explicit OK passes; known failures are told apart by their codes.
	if (read.outcome === 'accepted') {
		if (custSpaceId === '') await checkOnlyChannels(ask);
		return;
	}
	const isOther = (code: string) => code.startsWith('HTTP ') && code !== PROXY_CODE;
	if (read.outcome === 'unknown' || isOther(read.code)) {
		throw testError(
			'The address does not answer like Alibaba Cloud',
			`It returned HTTP ${response.statusCode}. Set Region back to ap-southeast-1 and clear Endpoint, or try again later.${supportSuffix(read.code, read.requestId)}`,
		);
	}
	const { code, message } = read;
	if (code.startsWith('InvalidTimeStamp')) {
		const minutes = clockSkewMinutes(response.headers);
		if (minutes !== undefined && minutes >= ALLOWED_CLOCK_SKEW_MINUTES) {
			throw testError(
				`The clock of this n8n server is ${minutes} minutes off`,
				"Alibaba Cloud allows 15. Set the server's time (NTP), then test again.",
			);
		}
	}
	if (read.outcome === 'retryLater') throw throttled(code);
	const { title, advice } = CAMS_ERRORS.adviceFor(code, message);
	throw testError(title, `${advice}${supportSuffix(code, read.requestId)}`);
}

async function probeInnoPaas(
	helper: TestHelper,
	credentials: ICredentialDataDecryptedObject,
): Promise<void> {
	const wabaId = credentialText(credentials, 'wabaId');
	if (wabaId === '') {
		throw testError(
			'WABA ID is empty',
			'The test reads the numbers of this account. Enter its ID and test again.',
		);
	}
	const options: IHttpRequestOptions = {
		method: 'POST',
		url: PHONE_INFO_PATH,
		headers: { 'content-type': 'application/json;charset=utf-8' },
		body: JSON.stringify({ wabaId }),
	};
	const answer = await probe(
		helper,
		credentials,
		options,
		innoPaasBaseUrl(credentials),
		INNOPAAS_ERRORS,
	);
	const read = concealed(readInnoPaasAnswer(answer), hidingSecrets(credentials));
	if (read.outcome === 'accepted') return;
	if (read.outcome === 'retryLater') {
		throw testError(
			'The Access Token could not be checked',
			`This account has sent InnoPaaS too many requests (${read.code}). Test again in a minute.`,
		);
	}
	if (read.outcome === 'unknown' || read.code === 'HTTP 404') {
		throw testError(
			'The address does not answer like InnoPaaS',
			`It returned HTTP ${answer.statusCode}. Set Base URL back to https://api.innopaas.com, or try again later.`,
		);
	}
	const { title, advice } = INNOPAAS_ERRORS.adviceFor(read.code, read.message, read.httpStatus);
	// The code for a wrong key is not documented, so any unknown refusal may be about the key.
	const hint =
		title === unknownRefusal(INNOPAAS_ERRORS)
			? ' Check App Key, Access Token and WABA ID; a newer token invalidates the old one.'
			: '';
	throw testError(title, `${advice}${hint}${supportSuffix(read.code, undefined)}`);
}

/**
 * The credential test of the nodes (`testedBy`): one read without side effects, and a message that says what is wrong.
 * Only an explicit success passes. A declarative test could only compare fixed fields with fixed texts, the same for
 * both APIs.
 */
export async function testChatAppApi(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted<ICredentialDataDecryptedObject>,
): Promise<INodeCredentialTestResult> {
	const credentials = credential.data ?? {};
	try {
		await (credentials.api === 'innoPaas'
			? probeInnoPaas(this.helpers, credentials)
			: probeCams(this.helpers, credentials));
		return { status: 'OK', message: 'Connection successful!' };
	} catch (error) {
		return { status: 'Error', message: hidingSecrets(credentials)((error as Error).message) };
	}
}
