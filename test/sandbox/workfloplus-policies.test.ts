import { ENDPOINTS } from '../../sandbox/src/workfloplus/endpoints';
import {
	passes,
	POLICIES,
	SCOPES,
	scopeUri,
	type Permission,
	type Scope,
} from '../../sandbox/src/workfloplus/policies';
import { createRouter } from '../../sandbox/src/workfloplus/router';

function caller(scopes: Scope[], permissions: Permission[]) {
	return { kind: 'client' as const, id: 'c', scopes: scopes.map(scopeUri), permissions };
}

describe('policies', () => {
	it('are 27, over 26 scopes', () => {
		expect(Object.keys(POLICIES)).toHaveLength(27);
		expect(new Set(SCOPES).size).toBe(26);
	});

	it('ask for a scope and a permission, not for one of both', () => {
		expect(passes('Schedule_Admin', caller(['schedule.admin'], ['ADMIN']))).toBe(true);
		expect(passes('Schedule_Admin', caller(['schedule.admin'], ['EDITOR']))).toBe(false);
		expect(passes('Schedule_Admin', caller(['schedule.read'], ['OWNER']))).toBe(false);
	});

	it.each([
		['job.modify alone reads all jobs but not one', 'job.modify', 'Job_ReadAll', true],
		['job.modify alone reads all jobs but not one', 'job.modify', 'Job_Read', false],
		['job.read_all reads one job', 'job.read_all', 'Job_Read', true],
		['workflow.create does not read workflows', 'workflow.create', 'Workflow_Read', false],
		['reports.modify reads no reports', 'reports.modify', 'Reports_Read', false],
	] as const)('keep the trap: %s (%s, %s)', (_trap, scope, policy, outcome) => {
		expect(passes(policy, caller([scope], ['OWNER']))).toBe(outcome);
	});

	it('keep job changes from admins, and look at no permission where the documentation lists none', () => {
		expect(passes('Job_Modify', caller(['job.admin'], ['ADMIN']))).toBe(false);
		expect(passes('Workflow_Execute', caller(['workflow.execute'], []))).toBe(true);
	});
});

describe('the endpoint table', () => {
	const match = createRouter(ENDPOINTS);

	it('has the 80 REST endpoints, two for clients and tokens, and two for queries, each once', () => {
		const ids = ENDPOINTS.map((endpoint) => endpoint.id);
		expect(new Set(ids).size).toBe(84);
		expect(ids.filter((id) => !/^[CQ]/.test(id))).toHaveLength(80);
	});

	it('uses every policy except the seven that the contract calls unused', () => {
		const used = new Set<string>(ENDPOINTS.map((endpoint) => endpoint.access));
		const unused = Object.keys(POLICIES).filter((policy) => !used.has(policy));
		expect(unused).toEqual([
			'Query_Admin',
			'Reports_Admin',
			'Reports_Modify',
			'Spoke_Client',
			'Trigger_Execute',
			'Workflow_Admin',
			'Workflow_Approve',
		]);
	});

	it.each([
		['GET', '/jobs/v1/my', 'J6'],
		['GET', '/jobs/v1/aaaa', 'J4'],
		['PUT', '/jobs/v1/abort/', 'J13'],
		['POST', '/jobs/v1/basicSync', 'J14'],
		['POST', '/jobs/v1/aaaa', 'J15'],
		['GET', '/jobs/v1/workflow/my', 'J2'],
		['GET', '/scheduledjobs/v1/my', 'S3'],
		['POST', '/workflows/v2/upload', 'W4'],
		['PUT', '/reporttemplates/v1/default/unset', 'M7'],
		['POST', '/teamsettings/v1/defaults', 'E4'],
		['PUT', '/trigger/v2/unarchive/aaaa', 'T6'],
		['POST', '/api/team/aaaa/lock', 'U8'],
	])('takes literals before parameters: %s %s is %s', (method, path, id) => {
		expect(match(method, path)?.endpoint.id).toBe(id);
	});

	it('decodes path parameters and leaves a broken escape as it is', () => {
		expect(match('GET', '/api/team/user/a%20b')?.params).toEqual({ user_id: 'a b' });
		expect(match('GET', '/api/team/user/%zz')?.params).toEqual({ user_id: '%zz' });
	});
});
