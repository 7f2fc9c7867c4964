import { useId } from 'preact/hooks';

import { configure, type Overview } from './api';

const FAULTS = [
	['', 'Works'],
	['throttle', 'Refuses: quota used up'],
	['resetBefore', 'Breaks before it accepts'],
	['resetAfter', 'Breaks after it accepts'],
	['serverErrorBefore', 'HTTP 503, not accepted'],
	['serverErrorAfter', 'HTTP 500, but accepted'],
	['otherCode', 'Answers with a code of refusal'],
	['nonJson', 'Accepts, answers with HTML'],
] as const;

const EVERY = [
	['1', 'Every call'],
	['3', 'Every third call'],
	['20', 'Every twentieth call'],
] as const;

const LATENCIES = [
	['0', 'At once'],
	['120', 'After 120 ms'],
	['1000', 'After a second'],
	['5000', 'After 5 seconds'],
] as const;

interface ChoiceProps {
	label: string;
	value: string;
	options: ReadonlyArray<readonly [string, string]>;
	onChoose(value: string): void;
}

function Choice({ label, value, options, onChoose }: ChoiceProps) {
	const isOther = !options.some(([each]) => each === value);
	const id = useId();
	return (
		<>
			<label for={id}>{label}</label>
			<select id={id} value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
				{isOther && <option value={value}>{value}</option>}
				{options.map(([each, name]) => (
					<option key={each} value={each}>
						{name}
					</option>
				))}
			</select>
		</>
	);
}

interface SwitchesProps extends Pick<Overview, 'settings'> {
	attempt(work: () => Promise<unknown>): void;
}

/** The platform's troubles. */
export function Switches({ settings: { faults, latencyMs }, attempt }: SwitchesProps) {
	const [{ kind, every = 1 } = { kind: '' }] = faults;
	const fail = (fault: { kind: string; every?: number }) =>
		attempt(() => configure({ faults: fault.kind === '' ? [] : [fault] }));
	return (
		<fieldset class="switches">
			<legend>The platform</legend>
			<Choice
				label="Sends"
				value={kind}
				options={FAULTS}
				onChoose={(chosen) => fail({ kind: chosen, every })}
			/>
			{kind !== '' && (
				<Choice
					label="How often"
					value={String(every)}
					options={EVERY}
					onChoose={(chosen) => fail({ kind, every: Number(chosen) })}
				/>
			)}
			<Choice
				label="Answers"
				value={String(latencyMs)}
				options={LATENCIES}
				onChoose={(chosen) => attempt(() => configure({ latencyMs: Number(chosen) }))}
			/>
		</fieldset>
	);
}
