/** The package's door: the components, and the colours that they take theirs from. */
import '../../src/seatime/tokens.css';
import './base.css';

export * from '../../src/seatime';
