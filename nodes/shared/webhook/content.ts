import type { IDataObject } from 'n8n-workflow';

import { isObject, textOf } from '../util/json';
import { jsonWithin } from './body';
import type { Fields } from './fields';

/** Contents of messages that both APIs pass on as Meta has them. */

/** A customer's answer to buttons, a list or a flow, as both APIs pass on Meta's. */
export function replyOf(interactive: Fields): IDataObject {
	const kind = textOf(interactive.peek('type'));
	const isButton = kind === 'buttonReply' || kind === 'button_reply';
	if (isButton) interactive.text('type');
	const flow = interactive.open('nfmReply');
	if (flow) {
		const answers = flow.value('responseJson');
		const flowResponse = jsonWithin(answers) ?? answers;
		return {
			text: flow.text('body'),
			payload: typeof answers === 'string' ? answers : JSON.stringify(answers),
			flowResponse: isObject(flowResponse) ? flowResponse : undefined,
		};
	}
	const reply = interactive.open('buttonReply') ?? interactive.open('listReply');
	return {
		...(isButton && { messageType: 'buttonReply' }),
		text: reply?.text('title'),
		payload: reply?.text('id'),
		description: reply?.text('description'),
	};
}

export function locationOf(location: Fields): IDataObject {
	return {
		latitude: location.value('latitude'),
		longitude: location.value('longitude'),
		locationName: location.text('name'),
		address: location.text('address'),
	};
}
