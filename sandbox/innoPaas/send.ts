import { z } from 'zod';

import type { RenderedMessage } from '../renderedMessage';
import { isPhoneNumber, maxLength, nonEmpty } from '../validation';
import { numbersOf, type Waba } from './accounts';
import { findWaba, parseBody, type OperationResult, type Operation } from './call';
import { FREE_FORM_TYPES, readMessage, templateHeader } from './content';
import { CODES, refuse } from './refusal';
import {
	APPROVED,
	HEADER_TYPES,
	MARKETING,
	buttonsWithValue,
	countVariables,
	render,
	type Template,
} from './templates';

const addressed = z.object({
	wabaId: nonEmpty,
	uid: maxLength(32).optional(),
	sendNumber: nonEmpty,
	recipientNumber: z.string().optional(),
});

const MAX_RECIPIENTS = 1_000;

/** @throws Refusal unless there are 1 to 1,000 numbers with country code, digits only, separated by commas */
function readRecipients(recipientNumber = ''): string[] {
	const numbers = recipientNumber === '' ? [] : recipientNumber.split(',');
	if (numbers.length < 1 || numbers.length > MAX_RECIPIENTS) {
		throw refuse(
			CODES.numberCount,
			`recipientNumber: ${numbers.length} numbers; it takes 1 to ${MAX_RECIPIENTS}.`,
		);
	}
	const invalid = numbers.find((number) => !isPhoneNumber(number));
	if (invalid !== undefined) {
		throw refuse(
			CODES.numberFormat,
			`recipientNumber: "${invalid}" is not a number with its country code: 5 to 15 digits, of which the first is not 0.`,
		);
	}
	return numbers;
}

const templateForm = z.object({
	language: nonEmpty,
	header: templateHeader.optional(),
	bodyParams: z.array(z.string()).default([]),
	buttonParams: z.array(z.object({ type: nonEmpty, value: z.string().optional() })).default([]),
});

type TemplateSend = z.infer<typeof templateForm>;

function checkHeader(template: Template, header: TemplateSend['header']): void {
	const expected = HEADER_TYPES[template.headerType];
	// A text without a variable comes from the template itself.
	const isNeeded =
		expected !== undefined && (expected !== 'text' || countVariables(template.caption) > 0);
	if (header ? header.type !== expected : isNeeded) {
		throw refuse(CODES.content, `header.type: the template's header is ${expected ?? 'none'}.`);
	}
	if (header?.type !== 'text') return;
	if (isNeeded && !header.paramValue)
		throw refuse(CODES.content, 'header.paramValue: must not be empty.');
	if (!isNeeded && header.paramValue)
		throw refuse(CODES.content, "header.paramValue: the template's header has no variable.");
}

/** Whether the API compares a send with its template is not documented; WhatsApp would reject a mismatch. */
function checkTemplateValues(
	template: Template,
	{ header, bodyParams, buttonParams }: TemplateSend,
): void {
	checkHeader(template, header);
	const variables = countVariables(template.messageBody);
	if (bodyParams.length > variables) {
		throw refuse(
			CODES.content,
			`bodyParams: ${bodyParams.length} values for ${variables} variables.`,
		);
	}
	for (let index = 0; index < variables; index++) {
		if (!bodyParams[index])
			throw refuse(
				CODES.content,
				`bodyParams.${index}: the template's variable {{${index + 1}}} has no value.`,
			);
	}
	const buttons = buttonsWithValue(template);
	if (buttonParams.length > buttons.length) {
		throw refuse(
			CODES.content,
			`buttonParams: ${buttonParams.length} values for ${buttons.length} buttons.`,
		);
	}
	for (const [index, label] of buttons.entries()) {
		if (!buttonParams[index]?.value)
			throw refuse(CODES.content, `buttonParams.${index}: the button ${label} has no value.`);
	}
}

function findTemplate(waba: Waba, name: string, language: string): Template {
	const template = waba.templates.find(
		(each) => each.name === name && each.messageLanguage === language,
	);
	if (!template)
		throw refuse(CODES.unknownTemplate, `The template ${name} does not exist in ${language}.`);
	if (template.auditStatus !== APPROVED)
		throw refuse(CODES.unknownTemplate, `The template ${name} is not approved.`);
	return template;
}

type MessageBody = RenderedMessage & { templateName?: string; language?: string };

function readTemplate(
	waba: Waba,
	body: Record<string, unknown>,
	onlyMarketing: boolean,
): MessageBody {
	const send = parseBody(templateForm, body);
	const { language } = send;
	// A group from which InnoPaaS picks a template, so there is nothing to check or render.
	if (!body.templateName && typeof body.templateGroupId === 'string' && body.templateGroupId)
		return { language, text: '', buttons: [] };

	const { templateName } = parseBody(z.object({ templateName: nonEmpty }), body);
	const template = findTemplate(waba, templateName, language);
	if (onlyMarketing && template.category !== MARKETING) {
		throw refuse(CODES.notForThisAccount, `The template ${templateName} is not for marketing.`);
	}
	checkTemplateValues(template, send);
	const headerValue = send.header?.type === 'text' ? send.header.paramValue : undefined;
	return { templateName, language, ...render(template, headerValue, send.bodyParams) };
}

let lastNumber = 0;

/** An ID of 18 digits. It is odd, so that a double cannot represent it and clients that parse it as one change it. */
function newId(now: number): string {
	lastNumber = (lastNumber + 1) % 50_000;
	return `${now}${String(2 * lastNumber + 1).padStart(5, '0')}`;
}

function submit(
	operation: string,
	messageTypes: readonly string[],
	onlyMarketing: boolean,
): Operation {
	const typeForm = z.object({ messageType: z.enum(messageTypes as [string, ...string[]]) });
	return ({ account, body, settings, conversations, now }): OperationResult => {
		if (account.state === 'noBalance')
			throw refuse(CODES.noBalance, 'The balance is insufficient.');
		const { wabaId, uid, sendNumber, recipientNumber } = parseBody(addressed, body);
		const { messageType } = parseBody(typeForm, body);
		const waba = findWaba(wabaId);
		if (!numbersOf(waba).includes(sendNumber))
			throw refuse(CODES.unknownSender, `The sending number ${sendNumber} does not exist.`);
		const recipients = readRecipients(recipientNumber);
		const silent =
			settings.serviceWindow === 'enforced' && messageType !== 'template'
				? recipients.find((to) => !conversations.isOpen('innoPaas', sendNumber, to, now))
				: undefined;
		if (silent !== undefined) {
			throw refuse(
				CODES.content,
				`messageType: ${silent} has not written to ${sendNumber} within 24 hours; only a template reaches it.`,
			);
		}
		const message: MessageBody =
			messageType === 'template'
				? readTemplate(waba, body, onlyMarketing)
				: readMessage(messageType, body, settings.innoPaasInteractive);

		const messageId = newId(now);
		const messages = recipients.map((to) => ({
			api: 'innoPaas' as const,
			operation,
			messageId,
			channelType: 'whatsapp',
			from: sendNumber,
			to,
			taskId: uid,
			wabaId,
			messageType,
			...message,
			body,
			at: now,
		}));
		return { data: messageId, messages };
	};
}

/** Sends a message of any type to up to 1,000 recipients. */
export const submitMessage = submit('InnoPaaSSubmit', ['template', ...FREE_FORM_TYPES], false);

/** Sends a marketing template through Marketing Messages Lite. */
export const submitMmLite = submit('InnoPaaSMmLite', ['template'], true);
