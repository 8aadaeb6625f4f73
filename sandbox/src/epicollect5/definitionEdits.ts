import type { SandboxClock } from '../shared/clock';
import { autoMapping, mergeCustomMapping } from './autoMapping';
import { findForm, formsOf, walkInputs } from './definition';
import type { Form, Input, Mapping } from './model';
import type { Project } from './store';
import { sqlTime } from './text';

/** A question to add; everything else has the server's default. */
export interface NewQuestion {
	type: string;
	question: string;
	datetime_format?: string | null;
	is_title?: boolean;
	/** Texts of the possible answers. */
	answers?: string[];
}

/**
 * Saves a form definition as the formbuilder does: EC5_AUTO is rebuilt (later questions get other numbers), the
 * custom mappings take new questions in, and structure_last_updated moves (contract 6.5, 10).
 */
export function saveForms(project: Project, forms: Form[], clock: SandboxClock): void {
	project.definition = {
		...project.definition,
		project: { ...project.definition.project, forms },
	};
	const wasDefault = project.mappings.get(0)?.is_default ?? true;
	const auto = autoMapping(project.definition, wasDefault);
	const merged = new Map<number, Mapping>([[0, auto]]);
	for (const [index, mapping] of project.mappings) {
		if (index !== 0) merged.set(index, mergeCustomMapping(auto, mapping));
	}
	project.mappings = merged;
	const now = sqlTime(clock.now());
	project.row.structure_last_updated = now;
	project.row.updated_at = now;
}

/** A question with the server's 17 keys and a ref below its parent. */
export function newInput(project: Project, parentRef: string, question: NewQuestion): Input {
	let counter = 0;
	const taken = new Set<string>();
	for (const form of formsOf(project.definition)) {
		for (const input of walkInputs(form.inputs)) {
			taken.add(input.ref.slice(-13));
			for (const answer of input.possible_answers) taken.add(answer.answer_ref);
		}
	}
	const uid = (): string => {
		for (;;) {
			counter += 1;
			const id = `7a00000${counter.toString(16).padStart(6, '0')}`;
			if (!taken.has(id)) {
				taken.add(id);
				return id;
			}
		}
	};
	return {
		ref: `${parentRef}_${uid()}`,
		type: question.type,
		question: question.question,
		is_title: question.is_title ?? false,
		is_required: false,
		verify: false,
		set_to_current_datetime: false,
		uniqueness: 'none',
		regex: null,
		default: '',
		min: null,
		max: null,
		datetime_format: question.datetime_format ?? null,
		possible_answers: (question.answers ?? []).map((answer) => ({ answer, answer_ref: uid() })),
		jumps: [],
		group: [],
		branch: [],
	};
}

/** The forms with a question inserted at a place of its form's list. Returns the new question too. */
export function withQuestion(
	project: Project,
	formRef: string,
	position: number,
	question: NewQuestion,
): { forms: Form[]; input: Input } {
	const form = findForm(project.definition, formRef);
	if (form === undefined) throw new Error(`no form ${formRef}`);
	const input = newInput(project, formRef, question);
	const inputs = [...form.inputs.slice(0, position), input, ...form.inputs.slice(position)];
	const forms = formsOf(project.definition).map((item) => (item === form ? { ...form, inputs } : item));
	return { forms, input };
}

/** The forms without a question, wherever it stands. */
export function withoutQuestion(project: Project, ref: string): Form[] {
	const strip = (inputs: Input[]): Input[] =>
		inputs
			.filter((input) => input.ref !== ref)
			.map((input) => ({ ...input, group: strip(input.group), branch: strip(input.branch) }));
	return formsOf(project.definition).map((form) => ({ ...form, inputs: strip(form.inputs) }));
}
