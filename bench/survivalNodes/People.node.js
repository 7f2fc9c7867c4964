'use strict';
const { appendFileSync } = require('node:fs');

/** Makes the recipients of a campaign, and notes the time at which they go to the next node. */
exports.People = class {
	constructor() {
		this.description = {
			displayName: 'People',
			name: 'people',
			group: ['input'],
			version: 1,
			description: 'Makes recipients',
			defaults: { name: 'People' },
			inputs: ['main'],
			outputs: ['main'],
			properties: [
				{ displayName: 'File', name: 'file', type: 'string', default: '' },
				{ displayName: 'First', name: 'first', type: 'number', default: 0 },
				{ displayName: 'Count', name: 'count', type: 'number', default: 0 },
			],
		};
	}

	async execute() {
		const first = this.getNodeParameter('first', 0);
		const items = Array.from({ length: this.getNodeParameter('count', 0) }, (_, index) => ({
			json: { phone: String(first + index), name: `Mia ${index}`, order: `A-${index}` },
		}));
		appendFileSync(this.getNodeParameter('file', 0), `begun ${Date.now()}\n`);
		return [items];
	}
};
