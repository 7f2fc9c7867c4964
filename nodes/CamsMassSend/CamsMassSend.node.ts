import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { camsCampaigns } from '../shared/apis/cams/campaigns';
import { camsMethods } from '../shared/apis/cams/editor';
import { camsMass } from '../shared/apis/cams/massMessage';
import { runCampaignOperation } from '../shared/campaign/operations';
import { massSend } from '../shared/send/mass';
import { properties } from './CamsMassSendDescription';

export class CamsMassSend implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'CAMS Mass Send',
		name: 'camsMassSend',
		icon: { light: 'file:camsMassSend.svg', dark: 'file:camsMassSend.dark.svg' },
		group: ['output'],
		// 1.1: Button Payloads is a group of its own.
		version: [1, 1.1],
		defaultVersion: 1.1,
		subtitle:
			'={{ ({ getCampaign: "Get Campaign", resolveUnknown: "Resolve Unknown", setCampaignState: "Set Campaign State" })[$parameter["operation"]] || ({ instagram: "Instagram", messenger: "Messenger", viber: "Viber", whatsapp: "WhatsApp" })[$parameter["channelType"]] + ": Template" }}',
		description:
			'Send an approved template to thousands of people on WhatsApp, Viber, Messenger or Instagram, through Alibaba Cloud Chat App (CAMS)',
		defaults: { name: 'CAMS Mass Send' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: ['Accepted', 'Not Accepted'],
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

	/** Two outputs, Accepted and Not Accepted; shapes, failing and retrying: docs/mass-send.md. */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return (
			(await runCampaignOperation(this, camsCampaigns)) ?? (await massSend(this, 'cams', camsMass))
		);
	}
}
