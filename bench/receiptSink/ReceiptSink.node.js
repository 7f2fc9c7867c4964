'use strict';
const { appendFileSync } = require('node:fs');

/**
 * The last node of the bench's workflows: appends message ID and status of each receipt to a file, one per line; with
 * details also whether it is late, and the process.
 */
exports.ReceiptSink = class {
	constructor() {
		this.description = {
			displayName: 'Receipt Sink',
			name: 'receiptSink',
			group: ['output'],
			version: 1,
			description: 'Appends receipts to a file',
			defaults: { name: 'Receipt Sink' },
			inputs: ['main'],
			outputs: ['main'],
			properties: [
				{ displayName: 'File', name: 'file', type: 'string', default: '' },
				{ displayName: 'With Details', name: 'details', type: 'boolean', default: false },
			],
		};
	}

	async execute() {
		// The Webhook node outputs the whole push under `body`.
		const receipts = this.getInputData().flatMap(({ json }) => json.body ?? json);
		const details = this.getNodeParameter('details', 0)
			? ({ isLate }) => ` ${isLate ? 'late' : 'inTime'} ${process.pid}`
			: () => '';
		const lines = receipts.map(
			(receipt) =>
				`${receipt.messageId ?? receipt.MessageId}/${(receipt.status ?? receipt.Status).toLowerCase()}${details(receipt)}\n`,
		);
		appendFileSync(this.getNodeParameter('file', 0), lines.join(''));
		return [[]];
	}
};
