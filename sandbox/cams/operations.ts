import { Refusal } from '../refusal';
import type { Account } from './accounts';
import type { Operation } from './call';
import { listMessages } from './listMessages';
import {
	listFlows,
	listInstagramPage,
	listInstances,
	listTemplates,
	listViberServices,
	phoneNumbers,
	templateDetail,
	uploadAuthorization,
} from './lists';
import { sendMassMessage, sendMessage } from './send';
import { updateAccountWebhook, updatePhoneWebhook } from './webhooks';

const OPERATIONS: Record<string, Operation> = {
	SendChatappMessage: sendMessage,
	SendChatappMassMessage: sendMassMessage,
	ListInstance: listInstances,
	ListViberServiceMessage: listViberServices,
	ListInstagramPage: listInstagramPage,
	ListFlow: listFlows,
	ListChatappTemplate: listTemplates,
	GetChatappTemplateDetail: templateDetail,
	QueryChatappPhoneNumbers: phoneNumbers,
	ListChatappMessage: listMessages,
	GetChatappUploadAuthorization: uploadAuthorization,
	UpdatePhoneWebhook: updatePhoneWebhook,
	UpdateAccountWebhook: updateAccountWebhook,
};

/** The operations that faults apply to. */
export const SENDS: ReadonlySet<string> = new Set(['SendChatappMessage', 'SendChatappMassMessage']);

/** @throws Refusal if CAMS has no such version or operation */
export function findOperation(name: string, version: string): Operation {
	if (version !== '2020-06-06')
		throw new Refusal(400, 'NoSuchVersion', 'Specified version does not exist.');
	if (!Object.hasOwn(OPERATIONS, name)) {
		throw new Refusal(
			404,
			'InvalidApi.NotFound',
			'Specified api is not found, please check your url and method.',
		);
	}
	return OPERATIONS[name];
}

/** @throws Refusal if the account may not use Chat App */
export function checkAccount(account: Account): void {
	if (account.state === 'noPermission') {
		throw new Refusal(400, 'Ram.PermissionDeny', 'The user lacks the permission for this action.');
	}
	if (account.state === 'notActivated') {
		throw new Refusal(400, 'Product.Unsubscript', 'The product is not activated.');
	}
}
