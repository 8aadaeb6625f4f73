import { ENDPOINTS, isRepeatable, type EndpointId } from '../../../core/workfloplus/endpoints';
import { explainRefusal, POLICIES, type Access } from '../../../core/workfloplus/policies';
import { ENDPOINTS as SERVED } from '../../../sandbox/src/workfloplus/endpoints';
import { POLICIES as CHECKED } from '../../../sandbox/src/workfloplus/policies';

const IDS = Object.keys(ENDPOINTS) as EndpointId[];

describe('the endpoint table', () => {
	it('has the 80 REST endpoints, two for clients and tokens, and two for queries', () => {
		expect(IDS).toHaveLength(84);
		expect(IDS.filter((id) => !/^[CQ]/.test(id))).toHaveLength(80);
	});

	it.each(IDS)('agrees with the sandbox, which was written apart from it: %s', (id) => {
		const { method, path, policy } = ENDPOINTS[id];
		const served = SERVED.find((row) => row.id === id);
		expect(served?.methods).toContain(method);
		expect(shape(path)).toBe(shape(served?.path ?? ''));
		expect(policy).toBe(served?.access);
	});

	it('names a known policy for every endpoint', () => {
		const known = [...Object.keys(POLICIES), 'Any Valid Token', 'Client Credentials'];
		expect(IDS.filter((id) => !known.includes(ENDPOINTS[id].policy))).toEqual([]);
	});

	it('puts users, groups and tokens on the accounts host and everything else on the gateway', () => {
		const onAccounts = IDS.filter((id) => ENDPOINTS[id].host === 'accounts');
		expect(onAccounts.every((id) => /^[CUG]\d/.test(id))).toBe(true);
		expect(onAccounts).toHaveLength(20);
	});

	it('repeats nothing that creates, and repeats a query though it is a POST', () => {
		expect(isRepeatable('S8')).toBe(false);
		expect(isRepeatable('U3')).toBe(false);
		expect(isRepeatable('Q2')).toBe(true);
		expect(isRepeatable('U1')).toBe(true);
	});
});

describe('the policy table', () => {
	it('has the 27 policies of the contract, and agrees with the sandbox on each', () => {
		expect(Object.keys(POLICIES)).toHaveLength(27);
		expect(POLICIES).toEqual(CHECKED);
	});

	it.each<[Access, string]>([
		[
			'Schedule_Admin',
			'The token lacks the scope schedule.admin, or the client lacks the permission OWNER or ADMIN, for Schedule_Admin.',
		],
		[
			'Job_Read',
			'The token lacks the scope job.read, job.read_all or job.admin, or the client lacks the permission OWNER or ADMIN, for Job_Read.',
		],
		['Workflow_Execute', 'The token lacks the scope workflow.execute, for Workflow_Execute.'],
		['Any Valid Token', 'The token is valid, but not for this team.'],
	])('explains a refusal under %s', (access, sentence) => {
		expect(explainRefusal(access)).toBe(sentence);
	});
});

/** Without the names of parameters and the slash at the end, which mean nothing (contract 2). */
function shape(path: string): string {
	return path.replace(/\{\w+\}/g, '{}').replace(/\/$/, '');
}
