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
import { readFailure, type HttpAnswer } from '../http/apiAnswer';
import { supportSuffix, unknownRefusal } from '../http/errorCatalog';
import { readCamsAnswer } from './cams/answer';
import { CAMS_ERRORS } from './cams/errors';
import { readInnoPaasAnswer } from './innoPaas/answer';
import { PHONE_INFO_PATH } from './innoPaas/client';
import { INNOPAAS_ERRORS } from './innoPaas/errors';
import { maskSecrets } from './maskSecrets';

/**
 * The one helper that n8n gives a credential test. It is the older one, which n8n advises against elsewhere; should
 * it go, a declarative test in the credential has to take over, with fewer words.
 */
type TestHelper = Pick<ICredentialTestFunctions['helpers'], 'request'>;

/** The harmless signed read that shows whether a CAMS credential works: one template, no side effect. */
const CAMS_PROBE: IHttpRequestOptions = {
	method: 'POST',
	url: '/',
	headers: { 'x-acs-action': 'ListChatappTemplate' },
	qs: { TemplateType: 'WHATSAPP', Page: { Index: 1, Size: 1 } },
};

const PROBE_TIMEOUT_MS = 15_000;
const ALLOWED_CLOCK_SKEW_MINUTES = 15;

function say(title: string, advice: string): Error {
	return new Error(`${title}. ${advice}`);
}

async function ask(
	helper: TestHelper,
	credentials: ICredentialDataDecryptedObject,
	options: IHttpRequestOptions,
	endpoint: string,
): Promise<HttpAnswer> {
	const request = authenticate(credentials, options);
	const { host, hostname } = new URL(endpoint);
	try {
		const answer = (await helper.request({
			...request,
			// The whole answer as text, whatever its status.
			simple: false,
			resolveWithFullResponse: true,
			timeout: PROBE_TIMEOUT_MS,
		})) as HttpAnswer;
		return { ...answer, body: String(answer.body ?? '') };
	} catch (error) {
		const failure = readFailure(error);
		if (failure.outcome === 'unknown' && failure.cause === 'timeout') {
			throw say(
				`${host} does not answer`,
				'Check the address and whether a firewall is in the way.',
			);
		}
		if (/^(ENOTFOUND|EAI_)/.test(failure.network ?? '')) {
			throw say(
				`${hostname} cannot be found`,
				credentials.api === 'innoPaas'
					? 'Set Base URL back to https://api.innopaas.com, or check the network of this n8n server.'
					: 'Only ap-southeast-1 is documented. Set Region back, or clear Endpoint; else check the network of this n8n server.',
			);
		}
		throw say(
			`${host} cannot be reached`,
			'Check the address, and whether this n8n server may connect to it.',
		);
	}
}

/** How far this server's clock is from the API's, in whole minutes, by the answer's Date header. */
function clockSkewMinutes(headers: IDataObject): number | undefined {
	const theirs = Date.parse(String(headers.date ?? ''));
	return Number.isNaN(theirs) ? undefined : Math.round(Math.abs(Date.now() - theirs) / 60_000);
}

async function probeCams(
	helper: TestHelper,
	credentials: ICredentialDataDecryptedObject,
): Promise<void> {
	const custSpaceId = credentialText(credentials, 'custSpaceId');
	const qs = {
		...(CAMS_PROBE.qs as IDataObject),
		...(custSpaceId && { CustSpaceId: custSpaceId }),
	};
	const answer = await ask(helper, credentials, { ...CAMS_PROBE, qs }, camsEndpoint(credentials));
	const read = readCamsAnswer(answer);
	// Everything foreseen is told apart by its code; success is nothing but an OK.
	if (read.outcome === 'accepted') return;
	if (read.outcome === 'unknown') {
		throw say(
			'The address does not answer like Alibaba Cloud',
			`It gave HTTP ${answer.statusCode}. Set Region back to ap-southeast-1 and clear Endpoint, or try again later.${supportSuffix(read.code, read.requestId)}`,
		);
	}
	const { code, message } = read;
	if (code.startsWith('InvalidTimeStamp')) {
		const minutes = clockSkewMinutes(answer.headers);
		if (minutes !== undefined && minutes >= ALLOWED_CLOCK_SKEW_MINUTES) {
			throw say(
				`The clock of this n8n server is ${minutes} minutes off`,
				"Alibaba Cloud allows 15. Set the server's time (NTP), then test again.",
			);
		}
	}
	if (read.outcome === 'retryLater') {
		throw say(
			'The AccessKey could not be checked',
			`Alibaba Cloud has too many calls of this account right now (${code}). Test again in a minute.`,
		);
	}
	const { title, advice } = CAMS_ERRORS.adviceFor(code, message);
	throw say(title, `${advice}${supportSuffix(code, read.requestId)}`);
}

async function probeInnoPaas(
	helper: TestHelper,
	credentials: ICredentialDataDecryptedObject,
): Promise<void> {
	const wabaId = credentialText(credentials, 'wabaId');
	if (wabaId === '') {
		throw say(
			'WABA ID is empty',
			'The test asks for the numbers of this account; enter its ID and test again.',
		);
	}
	const options: IHttpRequestOptions = {
		method: 'POST',
		url: PHONE_INFO_PATH,
		headers: { 'content-type': 'application/json;charset=utf-8' },
		body: JSON.stringify({ wabaId }),
	};
	const answer = await ask(helper, credentials, options, innoPaasBaseUrl(credentials));
	const read = readInnoPaasAnswer(answer);
	if (read.outcome === 'accepted') return;
	if (read.outcome === 'retryLater') {
		throw say(
			'The Access Token could not be checked',
			`InnoPaaS has too many calls of this account right now (${read.code}). Test again in a minute.`,
		);
	}
	if (read.outcome === 'unknown' || read.code === 'HTTP 404') {
		throw say(
			'The address does not answer like InnoPaaS',
			`It gave HTTP ${answer.statusCode}. Set Base URL back to https://api.innopaas.com, or try again later.`,
		);
	}
	const { title, advice } = INNOPAAS_ERRORS.adviceFor(read.code, read.message, read.httpStatus);
	// The code for a wrong key is not documented.
	const guess =
		title === unknownRefusal(INNOPAAS_ERRORS)
			? ' Check App Key, Access Token and WABA ID; a newer token stops the old one.'
			: '';
	throw say(title, `${advice}${guess}${supportSuffix(read.code, undefined)}`);
}

const SECRET_FIELDS = ['accessKeySecret', 'securityToken', 'appKey', 'accessToken'];

function withoutSecrets(message: string, credentials: ICredentialDataDecryptedObject): string {
	return maskSecrets(
		message,
		SECRET_FIELDS.map((field) => credentialText(credentials, field)),
	).replace(/Signature=[0-9a-f]+/g, 'Signature=***');
}

/**
 * The credential test of the nodes (`testedBy`): one harmless read, and in plain words what is wrong. Whatever is
 * not a clear success is told as it is; an answer nobody foresaw never passes. A declarative test could only
 * compare fixed fields with fixed texts, the same for both APIs.
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
		return { status: 'Error', message: withoutSecrets((error as Error).message, credentials) };
	}
}
