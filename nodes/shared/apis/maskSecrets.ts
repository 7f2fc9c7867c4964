/** Shorter values are no secrets, and masking them would tear ordinary words apart. */
const MIN_CHARACTERS = 8;

/** A text with the given secrets replaced by ***: a server may quote in its answer what it was sent. */
export function maskSecrets(text: string, secrets: readonly string[]): string {
	return secrets
		.filter((secret) => secret.length >= MIN_CHARACTERS)
		.sort((left, right) => right.length - left.length)
		.reduce((masked, secret) => masked.replaceAll(secret, '***'), text);
}
