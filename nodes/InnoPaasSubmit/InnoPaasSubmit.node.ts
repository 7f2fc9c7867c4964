import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { testChatAppApi } from '../shared/apis/credentialTest';
import { innoPaasCampaigns } from '../shared/apis/innoPaas/campaigns';
import {
	getTemplateVariables,
	searchSendNumbers,
	searchTemplates,
} from '../shared/apis/innoPaas/editor';
import { innoPaasSubmit } from '../shared/apis/innoPaas/submit';
import { runCampaignOperation } from '../shared/campaign/operations';
import { searchLanguages } from '../shared/editor/search';
import { massSend } from '../shared/send/mass';
import { properties } from './InnoPaasSubmitDescription';

export class InnoPaasSubmit implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'InnoPaaS Submit',
		name: 'innoPaasSubmit',
		icon: { light: 'file:innoPaasSubmit.svg', dark: 'file:innoPaasSubmit.dark.svg' },
		group: ['output'],
		// 1.1: a template picked from the list shows its fields.
		version: [1, 1.1],
		defaultVersion: 1.1,
		subtitle:
			'={{ ({ getCampaign: "Get Campaign", setCampaignState: "Set Campaign State", sendTemplate: "Template", sendMmLite: "MMLite Template" })[$parameter["operation"]] || ($parameter["messageType"] === "raw" ? "Raw JSON" : $parameter["messageType"][0].toUpperCase() + $parameter["messageType"].slice(1)) }}',
		description:
			'Send WhatsApp templates and messages to one person or thousands, through InnoPaaS',
		defaults: { name: 'InnoPaaS Submit' },
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

	methods: INodeType['methods'] = {
		credentialTest: { testChatAppApi },
		listSearch: { searchLanguages, searchSendNumbers, searchTemplates },
		resourceMapping: { getTemplateVariables },
	};

	/** Two outputs, Accepted and Not Accepted; shapes, failing and retrying: docs/mass-send.md. */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return (
			(await runCampaignOperation(this, innoPaasCampaigns)) ??
			(await massSend(this, 'innoPaas', innoPaasSubmit))
		);
	}
}
