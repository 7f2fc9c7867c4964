import '@picocss/pico/css/pico.css';
import 'uplot/dist/uPlot.min.css';
import { render } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

import * as sandbox from './api';
import type { Conversation, Line, Overview, Status, Summary } from './api';
import { Calls } from './calls';
import { Bubble } from './message';
import { Switches } from './switches';
import './app.css';

const PAGE_SIZE = 50;
const SEARCH_PAUSE_MS = 150;
const CHANNELS: Record<string, string> = {
	whatsapp: 'WhatsApp',
	viber: 'Viber',
	messenger: 'Messenger',
	instagram: 'Instagram',
	telegram: 'Telegram',
};
const FUNNEL: Status[] = ['accepted', 'sent', 'delivered', 'read', 'failed'];
const FAILURES = [
	['131026', 'Undeliverable (131026)'],
	['131049', 'Held back by Meta (131049)'],
	['131050', 'Opted out of marketing (131050)'],
	['131047', 'More than 24 hours (131047)'],
] as const;

const count = (value: number) => value.toLocaleString('en');

function Figure({ label, value, isBad }: { label: string; value: number; isBad?: boolean }) {
	return (
		<div class={`figure${isBad ? ' bad' : ''}`}>
			<strong>{count(value)}</strong> <span>{label}</span>
		</div>
	);
}

function Figures({ overview: { recipients, calls, doubled, givenUp } }: { overview: Overview }) {
	return (
		<section class="figures" aria-label="Totals">
			<Figure label="messages" value={recipients.accepted} />
			<Figure label="recipients" value={recipients.unique} />
			<Figure label="doubled" value={doubled} isBad={doubled > 0} />
			<Figure label="over the quota" value={calls.throttled} isBad={calls.throttled > 0} />
			<Figure label="refused" value={calls.rejected} isBad={calls.rejected > 0} />
			<Figure label="receipts lost" value={givenUp} isBad={givenUp > 0} />
		</section>
	);
}

/** How far the messages have come: each stage with those that went further. */
function Funnel({ funnel, failures }: Pick<Overview, 'funnel' | 'failures'>) {
	const total = FUNNEL.reduce((sum, status) => sum + funnel[status], 0);
	const reached = (status: Status) =>
		status === 'failed'
			? funnel.failed
			: FUNNEL.slice(FUNNEL.indexOf(status), -1).reduce((sum, each) => sum + funnel[each], 0) +
				(status === 'accepted' ? funnel.failed : 0);
	return (
		<section class="funnel" aria-label="How far the messages have come">
			{FUNNEL.map((status) => (
				<div key={status} class="stage">
					<span>{status}</span>
					<meter
						class={status}
						min={0}
						max={Math.max(1, total)}
						value={reached(status)}
						aria-label={status}
					/>
					<span>{count(reached(status))}</span>
				</div>
			))}
			{Object.entries(failures).map(([reason, times]) => (
				<small key={reason}>
					{count(times)} × {reason}
				</small>
			))}
		</section>
	);
}

interface ListProps {
	total: number;
	conversations: Summary[];
	chosen: string | undefined;
	onChoose(key: string): void;
	onMore(): void;
}

function List({ total, conversations, chosen, onChoose, onMore }: ListProps) {
	return (
		<>
			<ul class="conversations">
				{conversations.map(({ key, user, channelType, text, isInbound, status, count: lines }) => (
					<li key={key}>
						<button
							type="button"
							class="plain conversation"
							aria-current={key === chosen ? 'true' : undefined}
							onClick={() => onChoose(key)}
						>
							<span class="who">
								<bdi>{user}</bdi> <small>{CHANNELS[channelType] ?? channelType}</small>
							</span>
							<span class="last" dir="auto">
								{isInbound ? '↩ ' : ''}
								{text}
							</span>
							<small>
								{lines > 1 ? `${lines} messages` : ''} {status === 'failed' ? 'failed' : ''}
							</small>
						</button>
					</li>
				))}
			</ul>
			{total > conversations.length && (
				<button type="button" class="secondary outline" onClick={onMore}>
					Show more of {count(total)}
				</button>
			)}
		</>
	);
}

interface DetailsProps {
	line: Line;
	onStatus(receipt: { status: string; code?: string; repeat?: number }): void;
}

/** The request of a message, and what the platform says of it. */
function Details({ line, onStatus }: DetailsProps) {
	return (
		<aside class="details" aria-label="Details of the message">
			<div class="acts" role="group" aria-label="Push a receipt">
				{['Sent', 'Delivered', 'Read'].map((status) => (
					<button key={status} type="button" class="secondary" onClick={() => onStatus({ status })}>
						{status}
					</button>
				))}
				<button
					type="button"
					class="secondary outline"
					onClick={() => onStatus({ status: 'Delivered', repeat: 2 })}
				>
					Delivered twice
				</button>
				<select
					aria-label="Fail with a reason"
					value=""
					onChange={({ currentTarget }) => {
						onStatus({ status: 'Failed', code: currentTarget.value });
						currentTarget.value = '';
					}}
				>
					<option value="">Failed …</option>
					{FAILURES.map(([code, name]) => (
						<option key={code} value={code}>
							{name}
						</option>
					))}
				</select>
			</div>
			<h3>The request, as the sandbox read it</h3>
			{/* A region that scrolls has to be reachable by keyboard. */}
			<pre tabIndex={0}>{JSON.stringify(line.message, undefined, 2)}</pre>
		</aside>
	);
}

interface ChatProps {
	conversation: Conversation;
	attempt(work: () => Promise<unknown>): void;
	onBack(): void;
}

function Chat({
	conversation: { key, user, business, channelType, lines },
	attempt,
	onBack,
}: ChatProps) {
	const [selected, select] = useState<number>();
	const [text, setText] = useState('');
	const end = useRef<HTMLLIElement>(null);
	useEffect(() => end.current?.scrollIntoView({ block: 'nearest' }), [lines.length, key]);
	const line = lines.find(({ id, message }) => id === selected && message);
	const send = (said: string) => {
		if (said.trim() !== '') attempt(() => sandbox.reply(key, said));
		setText('');
	};
	return (
		<section class="chat" aria-label={`Conversation with ${user}`}>
			<header>
				<button type="button" class="plain back" onClick={onBack}>
					← All
				</button>
				<h2>
					<bdi>{user}</bdi>
				</h2>
				<small>
					{CHANNELS[channelType] ?? channelType}, from <bdi>{business}</bdi>
				</small>
			</header>
			<ol class="lines" tabIndex={0} aria-label="Messages">
				{lines.map((each) => (
					<Bubble
						key={each.id}
						line={each}
						isSelected={each.id === selected}
						onSelect={() => select(each.id === selected ? undefined : each.id)}
						onPress={(button) => attempt(() => sandbox.press(key, each.id, button))}
					/>
				))}
				<li ref={end} class="end" />
			</ol>
			{line && (
				<Details
					line={line}
					onStatus={(receipt) => attempt(() => sandbox.pushStatus(key, line.id, receipt))}
				/>
			)}
			<form
				onSubmit={(event) => {
					event.preventDefault();
					send(text);
				}}
			>
				<fieldset role="group">
					<input
						type="text"
						dir="auto"
						placeholder="Answer as the recipient"
						aria-label="Answer as the recipient"
						value={text}
						onInput={({ currentTarget }) => setText(currentTarget.value)}
					/>
					<button type="submit">Send</button>
					<button type="button" class="secondary" onClick={() => send('STOP')}>
						STOP
					</button>
				</fieldset>
			</form>
		</section>
	);
}

function App() {
	const [overview, setOverview] = useState<Overview>();
	const [isLive, setLive] = useState(false);
	const [search, setSearch] = useState('');
	const [wanted, setWanted] = useState('');
	const [limit, setLimit] = useState(PAGE_SIZE);
	const [list, setList] = useState<{ total: number; conversations: Summary[] }>();
	const [chosen, choose] = useState<string>();
	const [conversation, setConversation] = useState<Conversation>();
	const [problem, setProblem] = useState<string>();

	useEffect(() => {
		const events = new EventSource('events');
		events.onmessage = ({ data }: MessageEvent<string>) => {
			setLive(true);
			setOverview(JSON.parse(data) as Overview);
		};
		events.onerror = () => setLive(false);
		return () => events.close();
	}, []);
	useEffect(() => {
		const timer = setTimeout(() => setWanted(search), SEARCH_PAUSE_MS);
		return () => clearTimeout(timer);
	}, [search]);

	const version = overview?.version;
	useEffect(() => {
		let isCurrent = true;
		sandbox.listConversations(wanted, limit).then(
			(found) => isCurrent && setList(found),
			() => {},
		);
		return () => void (isCurrent = false);
	}, [wanted, limit, version]);
	useEffect(() => {
		let isCurrent = true;
		if (chosen === undefined) setConversation(undefined);
		else
			sandbox.readConversation(chosen).then(
				(found) => isCurrent && setConversation(found),
				// Somebody has reset the sandbox.
				() => isCurrent && choose(undefined),
			);
		return () => void (isCurrent = false);
	}, [chosen, version]);

	const attempt = useCallback((work: () => Promise<unknown>) => {
		setProblem(undefined);
		work().catch(({ message }: Error) => setProblem(message));
	}, []);

	return (
		<>
			<header class="top">
				<h1>ChatApp sandbox</h1>
				<span class={`live${isLive ? '' : ' lost'}`}>{isLive ? 'Live' : 'Not connected'}</span>
				<button type="button" class="secondary outline" onClick={() => attempt(sandbox.reset)}>
					Clear
				</button>
			</header>
			{overview && <Figures overview={overview} />}
			<p class="problem" role="alert">
				{problem}
			</p>
			<main class={conversation ? 'has-chat' : ''}>
				<section class="inbox" aria-label="Conversations">
					<input
						type="search"
						placeholder="Search numbers, texts, templates, tasks"
						aria-label="Search conversations"
						value={search}
						onInput={({ currentTarget }) => setSearch(currentTarget.value)}
					/>
					{list && (
						<List
							{...list}
							chosen={chosen}
							onChoose={choose}
							onMore={() => setLimit(limit + PAGE_SIZE)}
						/>
					)}
					{list?.total === 0 && (
						<p class="empty">
							{wanted === ''
								? 'Nothing has arrived yet. Run a workflow that sends to this sandbox.'
								: 'Nothing found.'}
						</p>
					)}
				</section>
				{conversation ? (
					<Chat
						key={conversation.key}
						conversation={conversation}
						attempt={attempt}
						onBack={() => choose(undefined)}
					/>
				) : (
					<section class="chat none">
						<p>Choose a conversation to read it, and to answer as its recipient.</p>
					</section>
				)}
				{overview && (
					<section class="platform" aria-label="The platform">
						<Calls perSecond={overview.perSecond} />
						<Funnel funnel={overview.funnel} failures={overview.failures} />
						<Switches settings={overview.settings} attempt={attempt} />
					</section>
				)}
			</main>
		</>
	);
}

render(<App />, document.getElementById('app')!);
