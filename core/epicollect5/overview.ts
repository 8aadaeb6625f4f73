import { isoOf } from './project';
import type { Branch, Form, Period, Project, Question } from './project';

/** When a form or branch was used, for people and for JSON: null where there is no entry. */
type Counts = { entries: number } & { [Key in keyof Period]-?: string | null };

export interface ProjectStatistics {
	name: string;
	slug: string;
	/** Entries of all forms, without those of branches. */
	totalEntries: number;
	totalBranchEntries: number;
	/** ISO 8601. */
	structureLastUpdated: string | null;
	forms: Array<{ ref: string; name: string } & Counts>;
	branches: Array<{ ref: string; name: string; formRef: string } & Counts>;
}

export interface FormOverview extends Counts {
	ref: string;
	name: string;
	/** The form above it in the hierarchy; null for the first. */
	parentRef: string | null;
	branches: Array<{ ref: string; name: string; entries: number }>;
	questions: Question[];
}

export interface BranchOverview extends Counts {
	ref: string;
	name: string;
	formRef: string;
	formName: string;
	questions: Question[];
}

/** How many entries there are, and when the first and the last were made. */
export function statisticsOf(project: Project): ProjectStatistics {
	const { name, slug, totalEntries, structureLastUpdated, forms } = project;
	const branches = forms.flatMap((form) => form.branches);
	return {
		...{ name, slug, totalEntries },
		totalBranchEntries: branches.reduce((sum, { entries }) => sum + entries, 0),
		structureLastUpdated: isoOf(structureLastUpdated) ?? null,
		forms: forms.map((form) => ({ ...named(form), ...countsOf(form) })),
		branches: branches.map((branch) => ({
			...{ ...named(branch), formRef: branch.formRef },
			...countsOf(branch),
		})),
	};
}

/** The forms in their hierarchy's order, the first one at the top. */
export function formsOf({ forms }: Project): FormOverview[] {
	return forms.map((form) => ({
		...named(form),
		parentRef: form.parentRef ?? null,
		...countsOf(form),
		branches: form.branches.map((branch) => ({ ...named(branch), entries: branch.entries })),
		questions: form.questions,
	}));
}

/** The branches of all forms. */
export function branchesOf({ forms }: Project): BranchOverview[] {
	return forms.flatMap((form) =>
		form.branches.map((branch) => ({
			...{ ...named(branch), formRef: form.ref, formName: form.name },
			...countsOf(branch),
			questions: branch.questions,
		})),
	);
}

function named({ ref, name }: Form | Branch): { ref: string; name: string } {
	return { ref, name };
}

function countsOf({ entries, firstCreatedAt, lastCreatedAt }: Form | Branch): Counts {
	return { entries, firstCreatedAt: firstCreatedAt ?? null, lastCreatedAt: lastCreatedAt ?? null };
}
