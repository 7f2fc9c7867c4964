import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type IHookFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { getPhoneNumbers, searchChannels } from '../shared/apis/cams/editor';
import { CAMS_WEBHOOK } from '../shared/apis/cams/webhook';
import { isRegistered, register, unregister } from '../shared/apis/cams/webhookRegistration';
import { testChatAppApi } from '../shared/apis/credentialTest';
import { INNOPAAS_WEBHOOK } from '../shared/apis/innoPaas/webhook';
import { checkSettings } from '../shared/webhook/auth';
import { deduplicate } from '../shared/webhook/deduplicate';
import { receive } from '../shared/webhook/receive';
import { searchUrlSecrets } from '../shared/webhook/urlSecret';
import { properties } from './ChatAppReceiptTriggerDescription';

export class ChatAppReceiptTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'ChatApp Receipt Trigger',
		name: 'chatAppReceiptTrigger',
		icon: { light: 'file:chatAppReceiptTrigger.svg', dark: 'file:chatAppReceiptTrigger.dark.svg' },
		group: ['trigger'],
		version: [1],
		subtitle:
			'={{ $parameter["triggerOn"].map((each) => ({ accountEvent: "Account Event", inboundMessage: "Inbound Message", messageStatus: "Message Status", other: "Other", outboundMessage: "Outbound Message", templateEvent: "Template Event" })[each]).join(", ") }}',
		description:
			'Starts the workflow when a message is delivered, read or fails, when a customer writes, or when a template is approved',
		eventTriggerDescription: 'Waiting for a receipt',
		activationMessage: 'Receipts sent to the Production URL now start this workflow.',
		defaults: { name: 'ChatApp Receipt Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'chatAppApi', required: true, testedBy: 'testChatAppApi' }],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'onReceived',
				// Otherwise n8n would answer with the text of its default instead of the trigger's response.
				responseData: '',
				path: '={{ $parameter["urlSecret"] || ($parameter["authentication"] === "urlSecret" ? "select-a-url-secret-first" : "receipts") }}',
			},
			// Consoles check an address before they save it.
			{
				name: 'setup',
				httpMethod: '={{ ["GET", "HEAD"] }}',
				responseMode: 'onReceived',
				path: '={{ $parameter["urlSecret"] || ($parameter["authentication"] === "urlSecret" ? "select-a-url-secret-first" : "receipts") }}',
				ndvHideUrl: true,
			},
		],
		triggerPanel: {
			header: 'Open Webhook URLs and copy the URL into the console of your API',
			executionsHelp: {
				inactive:
					'Publish the workflow and paste the Production URL into the console of your API.<br>Alibaba Cloud: Channel Management, your channel, Webhook settings.<br>InnoPaaS: Developer Tools, API Keys, callback events.<br><br>To test first, click the button and send a receipt to the Test URL within two minutes.',
				active:
					'Receipts start this workflow; see the <a data-key="executions">executions</a> list.',
			},
			activationHint: 'Publish the workflow, then use the Production URL in the console.',
		},
		properties,
	};

	methods: INodeType['methods'] = {
		credentialTest: { testChatAppApi },
		listSearch: { searchChannels, searchUrlSecrets },
		loadOptions: { getPhoneNumbers },
	};

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				await checkSettings(this);
				return await isRegistered(this);
			},
			async create(this: IHookFunctions): Promise<boolean> {
				return await register(this);
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return await unregister(this);
			},
		},
	};

	/** Answers a webhook request and starts an execution; docs/receipts.md lists the answers. */
	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receive(this, { cams: CAMS_WEBHOOK, innoPaas: INNOPAAS_WEBHOOK });
	}

	/** The first step of each execution. */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await deduplicate(this);
	}
}
