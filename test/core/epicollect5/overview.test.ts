import { branchesOf, formsOf, statisticsOf } from '../../../core/epicollect5/overview';
import { parseProject, type Project } from '../../../core/epicollect5/project';
import { exportProject } from '../../../sandbox/src/epicollect5/projectExport';
import { BRANCH, CHILD, CHILD_BRANCH, FORM } from './support/definition';
import { World } from './support/world';

/** Two forms, of which the first has entries, one of them with three of a branch. */
function project(): Project {
	const world = new World();
	const [owner] = world.add(2);
	world.add(3, () => ({ branchRef: BRANCH, ownerUuid: owner?.uuid ?? '' }));
	return parseProject(JSON.parse(exportProject(world.project, 'https://app.test').body.toString()));
}

const ISO = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/) as string;
const counted = (entries: number) => ({ entries, firstCreatedAt: ISO, lastCreatedAt: ISO });
const EMPTY = { entries: 0, firstCreatedAt: null, lastCreatedAt: null };

describe('what is told of a project', () => {
	it('is how many entries there are, by form and by branch, and from when', () => {
		expect(statisticsOf(project())).toEqual({
			...{ name: 'Field Trip', slug: 'field-trip', totalEntries: 2, totalBranchEntries: 3 },
			structureLastUpdated: '2026-04-30T10:02:11.000Z',
			forms: [
				{ ref: FORM, name: 'Site', ...counted(2) },
				{ ref: CHILD, name: 'Visit', ...EMPTY },
			],
			branches: [
				{ ref: BRANCH, name: 'Trees', formRef: FORM, ...counted(3) },
				{ ref: CHILD_BRANCH, name: 'Birds', formRef: CHILD, ...EMPTY },
			],
		});
	});

	it('is its forms from the top, with questions and branches', () => {
		const told = project();
		expect(formsOf(told)).toEqual([
			{
				...{ ref: FORM, name: 'Site', parentRef: null, ...counted(2) },
				branches: [{ ref: BRANCH, name: 'Trees', entries: 3 }],
				questions: told.forms[0]?.questions,
			},
			{
				...{ ref: CHILD, name: 'Visit', parentRef: FORM, ...EMPTY },
				branches: [{ ref: CHILD_BRANCH, name: 'Birds', entries: 0 }],
				questions: told.forms[1]?.questions,
			},
		]);
	});

	it('is its branches, each with its form', () => {
		expect(branchesOf(project())).toMatchObject([
			{ ref: BRANCH, name: 'Trees', formRef: FORM, formName: 'Site', ...counted(3), questions: [{}, {}] },
			{ ref: CHILD_BRANCH, name: 'Birds', formRef: CHILD, formName: 'Visit', ...EMPTY },
		]);
	});

	it('says null where the server tells no date', () => {
		expect(statisticsOf({ ...project(), structureLastUpdated: '' }).structureLastUpdated).toBeNull();
	});
});
