import { CAMS_ERRORS } from '../../../nodes/shared/apis/cams/errors';
import { INNOPAAS_ERRORS } from '../../../nodes/shared/apis/innoPaas/errors';
import { concealed, type RejectedAnswer } from '../../../nodes/shared/http/apiAnswer';
import { supportSuffix, unknownAdvice } from '../../../nodes/shared/http/errorCatalog';

const { adviceFor } = CAMS_ERRORS;

describe('advice for a refusal', () => {
	it.each([
		['InvalidAccessKeyId.NotFound', 'This AccessKey ID does not exist'],
		['InvalidAccessKeyId.Inactive', 'This AccessKey is disabled'],
		['SignatureDoesNotMatch', 'The AccessKey Secret does not belong to this AccessKey ID'],
		['InvalidSecurityToken.Expired', 'The STS Security Token does not match this AccessKey'],
		['Ram.PermissionDeny', 'The AccessKey works, but lacks a permission'],
		['Forbidden.RAM', 'The AccessKey works, but lacks a permission'],
		['Authentication.NoAuth', 'The AccessKey works, but lacks a permission'],
		['Product.Unsubscript', 'Chat App Message Service is not activated for this account'],
		['InvalidTimeStamp.Expired', 'The clock of this n8n server is more than 15 minutes off'],
		['InvalidApi.NotFound', 'There is no Chat App service at this address'],
		['DetailError.TemplateNotExist', 'The template does not exist in this language'],
		['DelError.TemplateNotExist', 'The template does not exist in this language'],
		['TemplateParamInvalid', 'A template variable is missing'],
		['InvalidParameter.LanguageNotSupport', 'The language code is not known'],
		['InvalidParameter.AuditStatusNotSupport', 'The template is not approved yet'],
		['InvalidParameter.FromOnlyNumeric', 'From is not a number'],
		['InvalidParameter.PhoneNumberError', 'The sender is not registered for this channel'],
		['PhoneNumberNotRegistered', 'The sender is not registered for this channel'],
		['InvalidParameter.ToOnlyNumeric', 'To is not a phone number'],
		['SessionWindowExpired', 'WhatsApp currently accepts only templates for this recipient'],
		['Unknown.ResourceOwnerId', 'The channel or sender belongs to another account'],
		['InvalidParameter.ChannelTypeNotSupport', 'The channel does not support this kind of message'],
	])('%s: %s', (code, title) => {
		const known = adviceFor(code, '');
		expect(known.title).toBe(title);
		// n8n's guidelines: say what to do, and none of these words.
		expect(`${known.title} ${known.advice}`).not.toMatch(/\b(error|problem|failure|mistake)\b/i);
		expect(known.advice).toMatch(/[A-Za-z].*\.$/);
	});

	it('lets Alibaba Cloud speak behind it, since its message may name the very parameter', () => {
		expect(adviceFor('TemplateParamInvalid', 'The variable order is missing').advice).toMatch(
			/^Fill in every variable .* Alibaba Cloud says: The variable order is missing\.$/,
		);
		// Its message for a wrong signature is nothing but the request again.
		expect(
			adviceFor('SignatureDoesNotMatch', 'server string to sign is: POST...').advice,
		).not.toContain('string to sign');
	});

	it("is the API's own message for a code that nobody described", () => {
		expect(adviceFor('Balance.Low', 'Your balance is low')).toEqual({
			title: 'Alibaba Cloud rejected the request',
			advice: 'Alibaba Cloud says: Your balance is low.',
		});
		expect(adviceFor('Balance.Low', '').advice).toBe('It gave no reason other than the code.');
	});

	it.each(['HTTP 407'])('a proxy that wants a password is told as such: %s', (code) => {
		for (const { adviceFor: advise } of [CAMS_ERRORS, INNOPAAS_ERRORS]) {
			expect(advise(code, '', 407)).toMatchObject({
				title: 'The proxy of this n8n server asks for a user name and password',
				advice: expect.stringContaining('HTTPS_PROXY'),
			});
		}
	});
});

describe('advice for an unknown outcome', () => {
	it('says not to send again, and which receipt to look for', () => {
		expect(unknownAdvice('timeout', 'order-79').advice).toBe(
			'The request timed out, so the message may have been sent. Before you send it again, look for a receipt with Task ID order-79.',
		);
	});
});

it.each([
	['X', 'R', ' (Code X, request ID R)'],
	[undefined, 'R', ' (request ID R)'],
	['X', undefined, ' (Code X)'],
	[undefined, undefined, ''],
])('what support needs stands at the end: %s, %s', (code, requestId, words) =>
	expect(supportSuffix(code, requestId)).toBe(words),
);

describe('an answer as it may be shown', () => {
	const signature = 'a1'.repeat(32);
	const rejected: RejectedAnswer = {
		outcome: 'rejected',
		code: 'X',
		message: '',
		httpStatus: 400,
	};
	const hide = (text: string) => text.replaceAll('mySecret', '***');
	const fields = ['code', 'message', 'requestId'] as const;

	it.each(fields)('has no signature, token or secret in its %s', (field) => {
		const token = `CAIS${'+/Az09'.repeat(9)}==`;
		for (const quoted of [signature, token, 'mySecret', signature.replace(/.{20}/g, '$&\n')]) {
			const shown = concealed({ ...rejected, [field]: `No ${quoted}, denied` }, hide);
			expect(shown[field]).toMatch(/^No \*\*\*\s?, denied$/);
		}
	});

	it.each([
		['a request id', '4F6D1A2B-7C8D-5E9F-A0B1-C2D3E4F5A6B7'],
		['a code', 'InvalidParameter.SomethingIsNotSupportedHere.AtAll'],
		['numbers in a row', '6591234567 6591234568 6591234569 6591234570 6591234571 6591234572 65912'],
	])('keeps %s', (_what, text) =>
		expect(concealed({ ...rejected, code: text, message: text }, hide)).toMatchObject({
			code: text,
			message: text,
		}),
	);

	it.each([
		['code', 100],
		['message', 1_000],
		['requestId', 100],
	] as const)('has at most so much of its %s: %i characters', (field, most) => {
		const shown = concealed({ ...rejected, [field]: 'no. '.repeat(3_000_000) }, hide);
		expect(shown[field]).toHaveLength(most + 1);
	});

	it('keeps the ids of a thousand messages, and the types of a body', () => {
		const ids = Array.from({ length: 1_000 }, (_, index) => `wamid.HBgLNjU5MTIzNDU2${index}`);
		const accepted = {
			outcome: 'accepted',
			body: { list: [{ a: 1, b: null, c: 'is mySecret' }] },
			messageId: JSON.stringify(ids),
		} as const;
		expect(concealed(accepted, hide)).toEqual({
			...accepted,
			body: { list: [{ a: 1, b: null, c: 'is ***' }] },
		});
	});
});
