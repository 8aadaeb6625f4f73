import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import { AuthError, InputError } from '../../core/http/errors';
import { toNodeError } from '../../nodes/shared/errors';
import { fakeNode } from './fakeHost';

describe('What a user of n8n reads when something fails', () => {
	const failure = new AuthError('Client ID or client secret is wrong', {
		code: 'ec5_253',
		status: 400,
		hint: 'Copy both again.',
		field: 'Client ID',
		request: 'POST https://five.epicollect.net/api/oauth/token',
		cause: new Error('Bearer abc'),
	});

	it('says what happened, what to do, which setting, and which item', () => {
		const shown = toNodeError(fakeNode, failure, 3);
		expect(shown).toBeInstanceOf(NodeApiError);
		expect(shown.message).toBe('Client ID or client secret is wrong');
		expect(shown.description).toBe('Copy both again. (Setting: Authentication and Credential)');
		expect(shown.context.itemIndex).toBe(3);
		expect((shown as NodeApiError).httpCode).toBe('400');
	});

	it('never holds what the failure was caused by, because n8n stores it', () => {
		expect(JSON.stringify(toNodeError(fakeNode, failure))).not.toContain('Bearer');
	});

	it('tells a wrong setting from an answer of the service', () => {
		const wrong = new InputError('No project is given', {
			field: 'Project',
			hint: 'Choose it from the list.',
		});
		expect(toNodeError(fakeNode, wrong)).toBeInstanceOf(NodeOperationError);
		expect(toNodeError(fakeNode, wrong).description).toBe('Choose it from the list. (Setting: Project)');
	});

	it('passes on what n8n itself threw', () => {
		const own = new NodeOperationError(fakeNode, 'Node does not have any credentials set');
		expect(toNodeError(fakeNode, own)).toBe(own);
	});
});
