import type { Definition, Form, Input } from './model';

/** All forms, in the order of the hierarchy. */
export function formsOf(definition: Definition): Form[] {
	return definition.project.forms;
}

/** The form with that ref. */
export function findForm(definition: Definition, ref: string): Form | undefined {
	return formsOf(definition).find((form) => form.ref === ref);
}

/** Branch questions stand at the top level of a form only (contract 6.2). */
export function branchesOf(form: Form): Input[] {
	return form.inputs.filter((input) => input.type === 'branch');
}

/** The branch question with that ref, in that form. */
export function findBranch(form: Form, ref: string): Input | undefined {
	return branchesOf(form).find((input) => input.ref === ref);
}

/** Every question of a list, with the contents of groups and branches. */
export function* walkInputs(inputs: Input[]): Generator<Input> {
	for (const input of inputs) {
		yield input;
		yield* walkInputs(input.group);
		yield* walkInputs(input.branch);
	}
}

/** Any question of the project, at any depth. */
export function findInput(definition: Definition, ref: string): Input | undefined {
	for (const form of formsOf(definition)) {
		for (const input of walkInputs(form.inputs)) if (input.ref === ref) return input;
	}
	return undefined;
}
