import { formOf, mappingOf, type Stream } from './columns';
import type { Field } from './fields';
import { Names, oldestFirst, oneLine, type NameStyle } from './names';
import type { Project } from './project';
import { shapeOf, type ReadRequest, type Shape } from './reading';

/** Where joined entries hang on: no answer may have these names. */
export const JOINED_PROPERTIES = ['children', 'branches'] as const;

export interface FamilyChoices {
	/** Joins the forms below; default true. */
	children?: boolean;
	/** Joins the branches; default true. */
	branches?: boolean;
}

/** A form or branch among those that are joined. */
export interface Member {
	stream: Stream;
	shape: Shape;
	/** The member whose entries its own belong to; undefined for the first. */
	parent: Member | undefined;
	/** The key in an entry that tells whose it is. */
	link: 'ec5_parent_uuid' | 'ec5_branch_owner_uuid';
	/** The name of a branch in `branches`: that of its question. */
	name: string;
	/** How many entries it has, by the project's last count. */
	count: number;
	/** The form below. */
	child: Member | undefined;
	branches: Member[];
}

/** @returns the chosen form, its branches, the form below with its branches, and so on: parents before their children */
export function familyOf(project: Project, request: ReadRequest & FamilyChoices): Member[] {
	const { children = true, branches = true } = request;
	const top = project.forms.indexOf(formOf(project, request.formRef));
	const forms = project.forms.slice(top, children ? undefined : top + 1);
	const members: Member[] = [];
	let above: Member | undefined;
	for (const form of forms) {
		// The filters choose among the first form's entries; what is below comes with them.
		const base = above ? valuesOnly(request, project) : { ...request, branchRef: undefined };
		const member = memberOf({ formRef: form.ref }, base, project, above);
		members.push({ ...member, name: form.name, count: form.entries });
		const own = members[members.length - 1]!;
		if (above) above.child = own;
		above = own;
		const names = new Names(own.shape.columns.map(({ name }) => name));
		for (const branch of branches ? form.branches : []) {
			const ofBranch = memberOf(
				{ formRef: form.ref, branchRef: branch.ref },
				valuesOnly(request, project),
				project,
				own,
			);
			const field = own.shape.columns.find(({ ref }) => ref === branch.ref);
			// A hidden question has no name of its own.
			const text = request.names === 'ref' ? '' : oneLine(branch.name);
			const name = field?.name ?? names.take(text || branch.ref);
			own.branches.push({ ...ofBranch, name, count: branch.entries });
		}
		members.push(...own.branches);
	}
	return members;
}

function memberOf(
	stream: Stream,
	request: ReadRequest,
	project: Project,
	parent: Member | undefined,
): Member {
	return {
		stream,
		shape: shapeOf(project, { ...request, ...stream }, JOINED_PROPERTIES),
		parent,
		link: stream.branchRef === undefined ? 'ec5_parent_uuid' : 'ec5_branch_owner_uuid',
		...{ name: '', count: 0, child: undefined, branches: [] },
	};
}

function valuesOnly(request: ReadRequest, project: Project): ReadRequest {
	const { slug, names, withUploader, timeZone, utm, choiceFields } = request;
	const mapIndex = mappingOf(project, request.mapIndex).index;
	return { slug, mapIndex, names, withUploader, timeZone, utm, choiceFields };
}

/** For each property of a member's entries its name in a flat row. */
export type Renaming = ReadonlyMap<Member, ReadonlyArray<{ from: string; field: Field }>>;

/**
 * Names for rows that hold an entry of each of several members. The first member's own properties keep their names, the
 * others' begin with the name of their form or branch. Answers keep their names; where two clash, the older question
 * keeps it and the younger one's begins with the name of its form or branch.
 */
export function flatNames(members: readonly Member[], style: NameStyle = 'mapping'): Renaming {
	const labels = new Names();
	const labelled = members.map((member) => {
		const { formRef, branchRef } = member.stream;
		return { member, label: labels.take(style === 'ref' ? (branchRef ?? formRef) : member.name) };
	});
	const all = labelled.flatMap(({ member, label }, i) =>
		member.shape.fields.map((field) => ({ ref: field.ref, member, label, field, isTop: i === 0 })),
	);
	const names = new Names();
	const given = new Map<Field, string>();
	for (const { field, label, isTop } of all.filter((one) => one.field.type === 'own')) {
		given.set(field, names.take(isTop ? field.name : `${label}_${field.name}`));
	}
	for (const { field, label } of oldestFirst(all.filter((one) => one.field.type !== 'own'))) {
		given.set(field, names.takeFirst(field.name, `${label}_${field.name}`));
	}
	return new Map(
		members.map((member) => [
			member,
			member.shape.fields.map((field) => ({
				from: field.name,
				field: { ...field, name: given.get(field)! },
			})),
		]),
	);
}
