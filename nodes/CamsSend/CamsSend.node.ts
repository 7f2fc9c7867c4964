import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { camsMethods } from '../shared/apis/cams/editor';
import { camsSend } from '../shared/apis/cams/sendMessage';
import { sendEach } from '../shared/send/single';
import { properties } from './CamsSendDescription';

export class CamsSend implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'CAMS Send',
		name: 'camsSend',
		icon: { light: 'file:camsSend.svg', dark: 'file:camsSend.dark.svg' },
		group: ['output'],
		// 1.1: Button Payloads is a group of its own.
		version: [1, 1.1],
		defaultVersion: 1.1,
		subtitle:
			'={{ ({ instagram: "Instagram", messenger: "Messenger", telegram: "Telegram", viber: "Viber", whatsapp: "WhatsApp" })[$parameter["channelType"]] + ": " + ($parameter["operation"] === "sendTemplate" ? "Template" : $parameter["messageType"].replace(/_/g, " ")) }}',
		description:
			'Send one message per item on WhatsApp, Viber, Messenger, Instagram or Telegram, through Alibaba Cloud Chat App (CAMS)',
		defaults: { name: 'CAMS Send' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'chatAppApi', required: true, testedBy: 'testChatAppApi' }],
		hints: [
			{
				message: 'Validate Only is on, so nothing is sent',
				type: 'warning',
				location: 'outputPane',
				whenToDisplay: 'beforeExecution',
				displayCondition: '={{ $parameter["options"]["validateOnly"] === true }}',
			},
		],
		properties,
	};

	methods = camsMethods;

	/** One output item for each input item, paired; shapes and On Error modes: docs/output.md. */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await sendEach(this, 'cams', camsSend);
	}
}
