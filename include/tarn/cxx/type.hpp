// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * type.hpp -- which C++ types can lie in an arena, and how
 *
 *	C++ type			as a key	as a value or element
 *	integers, enums			u64 or i64	their bytes
 *	std::string, string_view	string		a byte string of its own length
 *	other plain types		bytes		their bytes
 *
 * A plain type is trivially copyable and default constructible, and no
 * pointer.  (That it has no pointer inside nobody can check: it would be
 * good in one process only.)  Among the bytes of a key there is no padding.
 *
 * A struct is told to other languages and to the tarn tool by a description
 * in the syntax of Python's struct module:
 *
 *	struct order { std::uint64_t id; double price; };
 *	template <> struct tarn::type_of<order> {
 *		static constexpr const char *fields = "Qd";
 *	};
 */
#ifndef TARN_CXX_TYPE_HPP
#define TARN_CXX_TYPE_HPP

#include <cstdint>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tarn/cxx/arena.hpp>
#include <tarn/object.h>
#include <type_traits>
#include <vector>

namespace tarn {

namespace detail {

/* The letter that Python's struct module has for a number; 0: none. */
template <class T>
constexpr char
letter() noexcept
{
	constexpr bool integer = std::is_integral<T>::value;
	constexpr const char *letters = std::is_signed<T>::value ? "bhiq" : "BHIQ";

	if (std::is_same<T, bool>::value)
		return '?';
	if (!integer)
		return std::is_same<T, float>::value ? 'f' : std::is_same<T, double>::value ? 'd' : 0;
	return sizeof(T) == 1 ? letters[0] : sizeof(T) == 2 ? letters[1] : sizeof(T) == 4 ? letters[2] : letters[3];
}

template <class T> struct letter_text {
	static constexpr char text[2] = { letter<T>(), 0 };
};

/* An enum's integer; anything else as it is. */
template <class T, bool = std::is_enum<T>::value> struct number_of {
	using type = T;
};

template <class T> struct number_of<T, true> {
	using type = std::underlying_type_t<T>;
};

} // namespace detail

/**
 * What a T is, in the syntax of Python's struct module; "" where it is not known.
 *
 * Known of arithmetic types and enums; specialise it for structs, at most 127 printable characters.
 * It is stored with a container when that is created; one that was created with another description
 * is of another type (errc::TYPE), one without any, as from C, is taken as it is.
 */
template <class T, class = void> struct type_of {
	static constexpr const char *fields = "";
};

template <class T>
struct type_of<T, std::enable_if_t<std::is_arithmetic<T>::value || std::is_enum<T>::value>> {
	static constexpr const char *fields =
		detail::letter_text<typename detail::number_of<T>::type>::text;
};

namespace detail {

template <class T>
inline constexpr bool is_text = std::is_same<T, std::string>::value ||
				std::is_same<T, std::string_view>::value;

template <class T>
inline constexpr bool is_integer =
	(std::is_integral<T>::value || std::is_enum<T>::value) && sizeof(T) <= 8;

template <class T>
constexpr void
require_plain() noexcept
{
	static_assert(!std::is_pointer<T>::value && !std::is_reference<T>::value &&
			      !std::is_member_pointer<T>::value,
		      "tarn: a pointer means nothing to other processes; keep an index, a key or an offset");
	static_assert(std::is_trivially_copyable<T>::value,
		      "tarn: what lies in an arena is copied as bytes: it must be trivially copyable, or std::string");
	static_assert(std::is_default_constructible<T>::value,
		      "tarn: what lies in an arena must be default constructible");
	static_assert(!std::is_const<T>::value && !std::is_volatile<T>::value,
		      "tarn: name the type without const and volatile");
}

template <class K>
constexpr void
require_key() noexcept
{
	if constexpr (!is_text<K> && !is_integer<K>) {
		require_plain<K>();
		static_assert(std::has_unique_object_representations<K>::value,
			      "tarn: a key is compared by its bytes: it may have no padding and no floating point numbers");
	}
}

template <class V>
constexpr void
require_value() noexcept
{
	if constexpr (!is_text<V>)
		require_plain<V>();
}

template <class T>
T
from_bytes(const void *bytes) noexcept
{
	T value{};

	std::memcpy(static_cast<void *>(&value), bytes, sizeof(T));
	return value;
}

[[noreturn]] inline void
raise_size(const char *what)
{
	throw error(errc::TYPE, std::string(what) + " does not fit the C++ type");
}

inline struct tarn_bytes
bytes_of(std::string_view text) noexcept
{
	return { const_cast<char *>(text.data()), text.size() };
}

/* ---- one, as the C calls take it ---------------------------------------------------------------- */

/* A value or element of one size. */
template <class T, class = void> struct value_codec {
	using argument = const T &;
	using result = T;
	static constexpr std::uint32_t size = sizeof(T);
	static constexpr const char *fields = type_of<T>::fields;

	explicit value_codec(const T &value) noexcept : value_(value)
	{
	}

	const void *data() const noexcept
	{
		return &value_;
	}

	std::size_t length() const noexcept
	{
		return sizeof(T);
	}

	static T decode(const void *bytes, std::size_t length)
	{
		if (length != sizeof(T))
			raise_size("a value");
		return from_bytes<T>(bytes);
	}

private:
	const T &value_;
};

/* Text: a value, or a key, of its own length. */
struct text_codec {
	using argument = std::string_view;
	using result = std::string;

	explicit text_codec(std::string_view text) noexcept : text_(text)
	{
	}

	const void *data() const noexcept
	{
		return text_.data();
	}

	std::size_t length() const noexcept
	{
		return text_.size();
	}

	static std::string decode(const void *bytes, std::size_t length)
	{
		return std::string(static_cast<const char *>(bytes), length);
	}

private:
	std::string_view text_;
};

template <class T> struct value_codec<T, std::enable_if_t<is_text<T>>> : text_codec {
	static constexpr std::uint32_t size = TARN_VALUE_BYTES;
	static constexpr const char *fields = "";
	using text_codec::text_codec;
};

/* A key of any bytes: two are the same if their bytes are. */
template <class K, class = void> struct key_codec : value_codec<K> {
	static constexpr enum tarn_key_kind kind = TARN_KEY_BYTES;
	using value_codec<K>::value_codec;
};

template <class K> struct key_codec<K, std::enable_if_t<is_text<K>>> : text_codec {
	static constexpr enum tarn_key_kind kind = TARN_KEY_STRING;
	using text_codec::text_codec;
};

/* Integers of any size are keys of 64 bits. */
template <class K> struct key_codec<K, std::enable_if_t<is_integer<K>>> {
	using argument = K;
	using result = K;
	using wide = std::conditional_t<std::is_signed<typename number_of<K>::type>::value,
					std::int64_t, std::uint64_t>;
	static constexpr enum tarn_key_kind kind =
		std::is_signed<wide>::value ? TARN_KEY_I64 : TARN_KEY_U64;

	explicit key_codec(K key) noexcept : word_(static_cast<wide>(key))
	{
	}

	const void *data() const noexcept
	{
		return &word_;
	}

	std::size_t length() const noexcept
	{
		return sizeof(word_);
	}

	static K decode(const void *bytes, std::size_t length)
	{
		wide word = length == sizeof(wide) ? from_bytes<wide>(bytes) : 0;
		K key = static_cast<K>(word);

		if (length != sizeof(wide) || static_cast<wide>(key) != word)
			raise_size("a key");
		return key;
	}

private:
	wide word_;
};

/* ---- many, as the C calls take them -------------------------------------------------------------- */

/* One after the other, where they lie as they are. */
template <class T> struct many_in_place {
	many_in_place(const T *items, std::size_t) noexcept : items_(items)
	{
	}

	const void *data() const noexcept
	{
		return items_;
	}

	static constexpr std::size_t each = sizeof(T);

private:
	const T *items_;
};

struct many_texts {
	template <class Text> many_texts(const Text *items, std::size_t count)
	{
		list_.reserve(count);
		for (std::size_t i = 0; i < count; i++)
			list_.push_back(bytes_of(items[i]));
	}

	const void *data() const noexcept
	{
		return list_.data();
	}

	static constexpr std::size_t each = TARN_SEPARATE;

private:
	std::vector<struct tarn_bytes> list_;
};

/* Integers that are not yet of 64 bits. */
template <class K> struct many_words {
	using wide = typename key_codec<K>::wide;

	many_words(const K *items, std::size_t count)
	{
		list_.reserve(count);
		for (std::size_t i = 0; i < count; i++)
			list_.push_back(static_cast<wide>(items[i]));
	}

	const void *data() const noexcept
	{
		return list_.data();
	}

	static constexpr std::size_t each = sizeof(wide);

private:
	std::vector<wide> list_;
};

template <class V>
using many_values = std::conditional_t<is_text<V>, many_texts, many_in_place<V>>;

template <class K, bool Narrow> struct many_keys_of {
	using type = many_values<K>;
};

template <class K> struct many_keys_of<K, true> {
	using type = many_words<K>;
};

template <class K>
using many_keys = typename many_keys_of<K, is_integer<K> && sizeof(K) < 8>::type;

/* ---- handles ----------------------------------------------------------------------------------- */

/* A type of so much; nothing is asked of the rest. */
inline struct tarn_type
type_of_kind(enum tarn_kind kind, enum tarn_key_kind key, uint32_t value_size, const char *fields) noexcept
{
	struct tarn_type type = {};

	type.kind = kind;
	type.key = key;
	type.value_size = value_size;
	type.fields = fields;
	return type;
}

/* Whether an object was created without a description of its values. */
template <class Raw>
bool
has_no_fields(Raw *raw)
{
	struct tarn_object_info info;

	return tarn_object_info(reinterpret_cast<struct tarn_object *>(raw), &info) == 0 && !info.fields[0];
}

/*
 * Opens an object by a C call, which is told a type and how.  One that was created without a description
 * is opened without: never created so, if it goes away meanwhile.
 */
template <class Raw, class Open>
Raw *
open_typed(struct tarn_type type, open_mode how, Open call, const char *what, const std::string &name)
{
	Raw *raw = nullptr;
	int code = call(&raw, &type, static_cast<enum tarn_open_mode>(how));

	if (code == TARN_TYPE && type.fields[0]) {
		struct tarn_type bare = type;

		bare.fields = nullptr;
		if (call(&raw, &bare, TARN_OPEN) == 0 && has_no_fields(raw))
			return raw;
		tarn_object_close(reinterpret_cast<struct tarn_object *>(raw));
		code = call(&raw, &type, static_cast<enum tarn_open_mode>(how));
	}
	check(code, what, name.c_str());
	return raw;
}

/* The same, by one of the C calls that are all alike. */
template <class Raw>
Raw *
open_typed(arena &where, const std::string &name, open_mode how, const struct tarn_type &type,
	   int (*open)(struct tarn_arena *, Raw **, const char *, const struct tarn_type *,
		       enum tarn_open_mode, bool *),
	   const char *what)
{
	return open_typed<Raw>(
		type, how,
		[&](Raw **raw, const struct tarn_type *as, enum tarn_open_mode mode) {
			return open(where.handle(), raw, name.c_str(), as, mode, nullptr);
		},
		what, name);
}

/* What tarn_..._in() returned; NULL is a mistake. */
template <class Raw>
Raw *
inside(Raw *raw)
{
	if (!raw)
		throw error(errc::INVALID, "the object is not one of the transaction's");
	return raw;
}

/*
 * A handle that is somebody else's, whatever it is of.
 * @Ref: the class that is made of it; @Object, @In: the C calls of the kind
 */
template <class Ref, class Raw, struct tarn_object *(*Object)(Raw *), Raw *(*In)(Raw *, struct tarn_txn *)>
class handle_ref {
public:
	using reference = Ref;

	/** A C handle of one of this type, which must outlive this. */
	explicit handle_ref(Raw *raw) noexcept : raw_(raw)
	{
	}

	/** The C handle. */
	Raw *handle() const noexcept
	{
		return raw_;
	}

	/** The same as an object, for transactions. */
	struct tarn_object *object() const noexcept
	{
		return Object(raw_);
	}

	/** The handle inside a transaction: tarn_..._in().  Throws: INVALID, not one of its objects. */
	Ref in(struct tarn_txn *txn) const
	{
		return Ref(inside(In(raw_, txn)));
	}

protected:
	Raw *raw_;
};

/* A Ref that closes its handle; move-only. */
template <class Ref, class Raw, void (*Close)(Raw *)> class owner : public Ref {
public:
	owner(owner &&other) noexcept : Ref(other)
	{
		other.raw_ = nullptr;
	}

	owner &operator=(owner &&other) noexcept
	{
		if (this != &other) {
			Close(this->raw_);
			Ref::operator=(other);
			other.raw_ = nullptr;
		}
		return *this;
	}

	/** Lets go of the handle; the object itself stays as it is. */
	~owner()
	{
		Close(this->raw_);
	}

protected:
	using Ref::Ref;
};

/* An index that is beyond the end is reported as the STL does. */
inline void
check_index(int code, const char *call)
{
	if (code == TARN_NOT_FOUND)
		throw std::out_of_range(std::string(call) + ": beyond the end");
	check(code, call);
}

/* A value that may be another than expected.  Return: whether it was the one. */
inline bool
matched(int code, const char *call)
{
	return code != TARN_MISMATCH && found(code, call);
}

/*
 * Text of unknown length, by a call that says TARN_TOO_BIG and how long it
 * is.  Return: whether there is any.
 */
template <class Read>
bool
read_text(std::string &text, Read read, const char *call)
{
	char first[256];
	std::uint64_t size = 0;
	int code = read(first, sizeof(first), &size);

	if (code == 0) {
		text.assign(first, size);
		return true;
	}
	while (code == TARN_TOO_BIG) { /* it may grow meanwhile */
		text.resize(size);
		code = read(&text[0], text.size(), &size);
		if (code == 0)
			text.resize(size);
	}
	return found(code, call);
}

} // namespace detail
} // namespace tarn

#endif
