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
import { properties } from './CamsViberSendDescription';

export class CamsViberSend implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'CAMS Viber Send',
		name: 'camsViberSend',
		icon: { light: 'file:camsViberSend.svg', dark: 'file:camsViberSend.dark.svg' },
		group: ['output'],
		version: [1],
		subtitle:
			'={{ $parameter["operation"] === "sendTemplate" ? "Template" : $parameter["messageType"].replace(/_/g, " ") }}',
		description:
			'Send one Viber message per item in the name of your company, through Alibaba Cloud Chat App (CAMS)',
		defaults: { name: 'CAMS Viber Send' },
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
