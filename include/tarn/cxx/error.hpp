// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * error.hpp -- the codes of <tarn/error.h> as std::error_code and exceptions
 *
 *	try { ... } catch (const tarn::error &e) {
 *		if (e.code() == tarn::errc::FULL) ...
 *		if (e.code() == std::errc::no_space_on_device) ...	the same
 *	}
 *
 * Numbers, names and messages come from the one list, TARN_ERRORS.
 */
#ifndef TARN_CXX_ERROR_HPP
#define TARN_CXX_ERROR_HPP

#include <cerrno>
#include <string>
#include <system_error>
#include <tarn/error.h>

namespace tarn {

/** The codes, without their TARN_: tarn::errc::NOT_FOUND is TARN_NOT_FOUND. */
#define TARN_ERRC(name, number, message) name = number,
enum class errc { TARN_ERRORS(TARN_ERRC) };
#undef TARN_ERRC

} // namespace tarn

template <> struct std::is_error_code_enum<tarn::errc> : std::true_type {};

namespace tarn {

namespace detail {

class TARN_VISIBLE category final : public std::error_category {
public:
	const char *name() const noexcept override
	{
		return "tarn";
	}

	std::string message(int code) const override
	{
		return tarn_error_message(code);
	}

	/* What the standard has a word for. */
	std::error_condition default_error_condition(int code) const noexcept override
	{
		switch (code) {
		case TARN_NOT_FOUND:
			return std::errc::no_such_file_or_directory;
		case TARN_EXISTS:
			return std::errc::file_exists;
		case TARN_FULL:
			return std::errc::no_space_on_device;
		case TARN_TOO_BIG:
			return std::errc::value_too_large;
		case TARN_INVALID:
			return std::errc::invalid_argument;
		case TARN_READ_ONLY:
			return std::errc::read_only_file_system;
		case TARN_BUSY:
			return std::errc::device_or_resource_busy;
		case TARN_TIMEOUT:
			return std::errc::timed_out;
		case TARN_DEADLOCK:
			return std::errc::resource_deadlock_would_occur;
		case TARN_OWNER_DIED:
			return std::errc::owner_dead;
		case TARN_DENIED:
			return std::errc::permission_denied;
		default:
			return { code, *this };
		}
	}
};

} // namespace detail

/**
 * The category of all codes of Tarn; its name is "tarn".
 *
 * Complexity:	constant.
 * Crash:	none.
 * Blocks:	never.
 * Return: the same object in the whole process.
 */
TARN_VISIBLE inline const std::error_category &
error_category() noexcept
{
	static const std::error_category *const category = new detail::category; /* outlives all */
	return *category;
}

/** Found by std::error_code: tarn::errc converts to it. */
inline std::error_code
make_error_code(errc code) noexcept
{
	return { static_cast<int>(code), error_category() };
}

/**
 * What every call of this face throws when it fails, unless its card says otherwise.
 *
 * what() says which call, then the message, and more where the C library had more to say (who holds
 * the lock, which two types).  Unless the call's card says otherwise, it has changed nothing.
 */
class TARN_VISIBLE error : public std::system_error {
public:
	/**
	 * @code:	one of errc
	 * @what:	what was being done
	 * @number:	errno, where the code is SYSTEM
	 */
	error(errc code, const std::string &what, int number = 0)
		: std::system_error(code, what), number_(number)
	{
	}

	/** errno as the failed system call has left it, where the code is SYSTEM; else 0. */
	int system_errno() const noexcept
	{
		return number_;
	}

private:
	int number_;
};

namespace detail {

/* The codes with which the C library has just set tarn_error_detail(), whatever the call. */
inline bool
always_has_detail(int code) noexcept
{
	return code == TARN_TIMEOUT;
}

/* ... and when the call opened, renamed or removed an object. */
inline bool
names_have_detail(int code) noexcept
{
	return code == TARN_TYPE || code == TARN_INVALID || code == TARN_EXISTS ||
	       code == TARN_NOT_FOUND || always_has_detail(code);
}

[[noreturn]] inline void
raise(int code, const char *call, const char *name, const char *more)
{
	int number = code == TARN_SYSTEM ? errno : 0;
	std::string what = call;

	if (*name)
		what.append(" ").append(name);
	if (number)
		what.append(" (").append(std::generic_category().message(number)).append(")");
	if (*more)
		what.append(" (").append(more).append(")");
	throw error(static_cast<errc>(code), what, number);
}

/* What a C call returned, if it is no error; else throws.  @call: the C++ call, for what(). */
inline int
check(int code, const char *call = "tarn")
{
	if (__builtin_expect(code < 0, 0))
		raise(code, call, "", always_has_detail(code) ? tarn_error_detail() : "");
	return code;
}

/* The same of a call on an object's name, which is not null. */
inline int
check(int code, const char *call, const char *name)
{
	if (__builtin_expect(code < 0, 0))
		raise(code, call, name, names_have_detail(code) ? tarn_error_detail() : "");
	return code;
}

/* The same, where not being there is an answer: false. */
inline bool
found(int code, const char *call)
{
	return code != TARN_NOT_FOUND && check(code, call) == 0;
}

} // namespace detail
} // namespace tarn

#endif
